"""Facts written as ST.96 V6_0."""
