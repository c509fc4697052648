"""Container images, built from Debian packages and Go programs."""
