"""The doors in: landing, SFTP."""
