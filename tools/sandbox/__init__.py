"""A real API server with the real CRDs and webhooks, where nothing reconciles."""
