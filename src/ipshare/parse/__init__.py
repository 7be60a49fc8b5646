"""Bytes to records in canonical form, and what was left unread."""
