"""The lab: a real single-node Kubernetes with the real operators, where the claims are tested.

It needs root, Linux and Debian's apt, lives in its own network namespace and touches neither
the machine's own network nor any other cluster.
"""
