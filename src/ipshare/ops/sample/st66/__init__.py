"""Facts written as the ST.66 export of an IPAS office."""
