"""The Pulumi engine on its own state, and plugins for a machine without the real ones."""
