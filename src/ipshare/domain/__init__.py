"""The words of the hub: frozen values and pure decisions, standard library only."""
