"""What an archive holds, read by programs in pods of its database's namespace."""
