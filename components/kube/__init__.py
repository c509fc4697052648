"""Kubernetes objects as this program declares them."""

from components.kube.objects import (
    HOLDS_DATA,
    RELEASE,
    SKIP_AWAIT,
    WAIT_FOR,
    CustomResource,
    PodSecurity,
    after_created,
    child,
    metadata,
    when_ready,
    without_waiting,
)

__all__ = [
    "HOLDS_DATA",
    "RELEASE",
    "SKIP_AWAIT",
    "WAIT_FOR",
    "CustomResource",
    "PodSecurity",
    "after_created",
    "child",
    "metadata",
    "when_ready",
    "without_waiting",
]
