"""Bulk export: a snapshot of what a client sees, in parts to download, and the feed's cursor to go on from."""
