"""ST.66 V1.1, with the extension of WIPO's IPAS, as ST.96 elements."""
