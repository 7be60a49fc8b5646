"""What every HTTP door shares: problems, cursors, the contract."""
