"""Notices: who is told what, by letters, of what happened and of what is due."""
