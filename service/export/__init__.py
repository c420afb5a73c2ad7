"""Reads Salesforce's weekly Data Export zip as if it were an org."""
