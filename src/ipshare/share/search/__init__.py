"""Search: what of a record can be found, by which parameter, and the index that finds it."""
