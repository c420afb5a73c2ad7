"""Numbers, not assertions: how long the work takes and how much memory it needs."""
