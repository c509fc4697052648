"""The environments, one module of data each, and the commands that read them."""
