"""Who is asking: permissions, clients, keys, bearer tokens."""
