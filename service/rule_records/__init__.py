"""The rule set as custom metadata records of an org, in both directions.

`from_records` reads what an org has, `to_records` says what an org needs for the same rules, and
`files` writes that as metadata. `shape` is the one table of which value stands in which field.
"""
