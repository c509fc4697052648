"""An object that is made again under its own name, while what guards its deletion takes its time.

The engine waits for the deletion, also of one that it does not wait for to become ready: its
annotation skips the deletion of Namespaces and of what has pods only (pulumi-kubernetes 4.32,
metadata/overrides.go, allowsSkipAwaitWithDelete).
"""

import threading
from pathlib import Path

from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

PLACE = ("v1", "Service", "n8n-outside", "n8n-prod")
FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
"""What the controller of load balancers writes; it takes it away once the outside one is gone."""

DECLARED = """load_balancers={"n8n-outside": LoadBalancerSpec(
    hosts=["n8n.example.org"], source_ranges=["10.0.0.0/8"], class_name="example.org/one"
)},
            backup=BackupSpec("""
IMPORTED = "from components.postgres.load_balancers import LoadBalancerSpec\nfrom stacks"


def _let_go(sandbox: Sandbox, seen: list[str], over: threading.Event) -> None:
    """Take the finalizer away three seconds after the Service is asked to go."""
    with sandbox.cluster() as cluster:
        while not over.wait(0.1):
            found = cluster.get(*PLACE)
            if found and found["metadata"].get("deletionTimestamp"):
                seen.append(found["metadata"]["uid"])
                over.wait(3)
                cluster.patch(*PLACE, change={"metadata": {"finalizers": []}})
                return


def test_a_load_balancer_of_another_class_waits_until_the_one_before_is_gone(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    module = program / "stacks" / "homelab.py"
    text = module.read_text("utf-8")
    text = text.replace("backup=BackupSpec(", DECLARED).replace("from stacks", IMPORTED, 1)
    module.write_text(text, "utf-8")
    homelab.run("up", "--yes", "--skip-preview")
    with sandbox.cluster() as cluster:
        cluster.patch(*PLACE, change={"metadata": {"finalizers": [FINALIZER]}})
    module.write_text(text.replace("example.org/one", "example.org/two"), "utf-8")
    seen: list[str] = []
    over = threading.Event()
    other = threading.Thread(target=_let_go, args=(sandbox, seen, over))
    other.start()
    try:
        homelab.run("up", "--yes", "--skip-preview")
    finally:
        over.set()
        other.join()
    with sandbox.cluster() as cluster:
        found = cluster.get(*PLACE)
    assert found
    assert found["spec"]["loadBalancerClass"] == "example.org/two"
    assert seen
    assert found["metadata"]["uid"] != seen[0]
