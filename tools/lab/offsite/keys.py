"""Secrets for namespaces that `pulumi up` makes, and that it needs them in before it ends."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tools import Fault
from tools.lab.access import Cluster
from tools.lab.operators.manifests import Manifest


@contextmanager
def given(lab: Cluster, secrets: Sequence[Manifest]) -> Iterator[None]:
    """Apply Secrets while the block runs, each as soon as its namespace is there."""
    ended = threading.Event()

    def give(secret: Manifest) -> None:
        while not ended.wait(1):
            with suppress(Fault):  # the namespace is not there yet
                lab.apply([secret])
                return

    giving = [threading.Thread(target=give, args=(secret,)) for secret in secrets]
    for thread in giving:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in giving:
            thread.join()
    lab.apply(secrets)
