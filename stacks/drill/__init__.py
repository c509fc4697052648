"""`python -m stacks drill`: a drill of one database, run now and followed to its end."""
