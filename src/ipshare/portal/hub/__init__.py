"""What the pages of the hub's operators say."""
