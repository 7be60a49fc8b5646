"""The state of the hub itself: queue and workers, unmapped codes, storage, versions, health, metrics."""
