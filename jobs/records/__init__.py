"""What a night compares with the org and writes there, and who may read it."""
