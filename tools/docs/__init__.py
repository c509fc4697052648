"""Writes the generated documents."""
