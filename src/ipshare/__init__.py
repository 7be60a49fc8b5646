"""ipshare: the data sharing hub of the ASEAN IP Register."""
