"""A received file to its members, or findings: nothing is unpacked whole, every limit is counted while reading."""
