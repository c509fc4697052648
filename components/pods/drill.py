"""The drill of a database, which another change brings."""
