"""A received file opened: its members streamed within limits, or the findings that refuse it."""
