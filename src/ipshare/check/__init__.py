"""A record to its findings: the rules and the engine that runs them."""
