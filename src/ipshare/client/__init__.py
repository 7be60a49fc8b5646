"""The third party's side: keeps a local copy in step with the feed of a hub. It knows no hub on this machine."""
