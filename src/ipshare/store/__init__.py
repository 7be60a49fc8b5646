"""What is kept: the one Django app with models, migrations and SQL."""
