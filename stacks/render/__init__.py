"""The resources of an environment without an engine: recorded, written, compared, sealed."""
