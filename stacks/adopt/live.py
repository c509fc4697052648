"""Objects out of a live cluster, which is only read."""

from stacks.adopt.reading import KINDS, Found, take
from stacks.cluster import ClusterClient


def live(context: str, namespace: str) -> Found:
    """Return the objects of a cluster, of one *namespace* if one is given; raise Fault."""
    with ClusterClient.connect(context) as cluster:
        return found_in(cluster, context, namespace)


def found_in(cluster: ClusterClient, context: str, namespace: str = "") -> Found:
    """Return the objects of an open cluster."""
    found = Found()
    for kind, version in KINDS.items():
        for it in cluster.objects(version, kind, namespace):
            # An entry of a list need not say what it is.
            take(found, context, {**it, "apiVersion": version, "kind": kind}, "")
    return found
