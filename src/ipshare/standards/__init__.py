"""Facts of the WIPO standards, as data: ST.3, number forms, the ST.96 content model and its element groups."""
