"""A second object store, outside of the node."""
