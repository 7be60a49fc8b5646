"""A record to bytes: ST.97 JSON and ST.96 XML."""
