"""The pages, one file per subject: each view translates in, makes one call, translates out."""
