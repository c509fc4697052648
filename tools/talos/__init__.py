"""Talos for tests: the real `talosctl` and `tofu`, and a stand-in for the nodes they talk to."""
