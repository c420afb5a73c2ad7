"""Clients that were made against Salesforce, unmodified, at work on the stand-in org."""
