"""`python -m stacks adopt`: writes the environment of databases that exist already."""
