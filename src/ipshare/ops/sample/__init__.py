"""Sample registers: plausible packages of the region's offices, made from a seed, with stated defects."""
