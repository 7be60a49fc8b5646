"""Findings as reports: the same report through every door."""
