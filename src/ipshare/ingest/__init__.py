"""The line of a submission: archive, parse, check, store. Read pipeline.py first."""
