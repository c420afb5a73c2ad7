"""Big deals: which are due, which win, who hears of it; post, bell and mail."""
