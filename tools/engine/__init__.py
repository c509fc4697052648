"""The Pulumi engine on a state of its own, and plugins for a machine without the real ones."""
