"""What Prometheus reads of databases."""
