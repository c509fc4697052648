"""How long tier0 takes, and what its structure costs; `python -m benchmarks`."""
