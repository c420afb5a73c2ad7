"""One export, read and scored, as a page that anybody can open and tables that anybody can sum."""
