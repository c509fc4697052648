"""What an archive can be restored to."""
