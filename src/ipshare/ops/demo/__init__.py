"""``ipshare demo``: the main job of the hub, end to end, with sample registers."""
