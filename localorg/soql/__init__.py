"""SOQL: parsed, checked, and answered from SQLite, a page at a time."""
