"""What an office sees and decides."""
