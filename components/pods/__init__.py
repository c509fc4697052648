"""Programs that run in the cluster, with what the plugin's sidecar has and each other."""
