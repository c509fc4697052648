"""Reusable components: they know no environment, no stack and no Pulumi configuration."""
