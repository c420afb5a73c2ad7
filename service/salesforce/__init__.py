"""Speaks to an org: tokens, queries, writes, posts, limits, errors. The only door."""
