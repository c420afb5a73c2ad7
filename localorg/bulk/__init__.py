"""Jobs of the Bulk API 2.0, both ways."""
