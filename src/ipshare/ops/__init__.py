"""What keeps the hub running: serve, sample, demo, health."""
