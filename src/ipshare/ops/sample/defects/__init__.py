"""Injected defects: what is done to a record, and the rule that must find it."""
