"""The node: control plane, kubelet, container runtime, DNS."""
