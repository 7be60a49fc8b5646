"""What every process says of its own work: one id from door to database, log lines, counts."""
