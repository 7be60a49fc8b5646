"""The door out: authorizations, views, feed, records."""
