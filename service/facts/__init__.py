"""What a night of an org and the report of an export know alike: everybody, and groups of them.

No group is shown, and no figure given, that is about fewer people than may be told apart.
"""
