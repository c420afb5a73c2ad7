"""The Metadata API of the stand-in org: reads what a real client deploys, judges it, applies it.

`reader` makes components of a zip or of a source tree, `checks` judges them against the schema
and against each other, `apply` changes the org, `soap` speaks the wire. `python -m
localorg.metadata PROJECT` runs the same judgement over a source tree without any org.
"""
