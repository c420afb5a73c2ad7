"""A stand-in Salesforce org. It shares no code with the product and refuses what it does not know."""
