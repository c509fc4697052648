"""Kubernetes objects as this program declares them."""

from components.kube.objects import (
    HOLDS_DATA,
    RELEASE,
    SKIP_AWAIT,
    WAIT_FOR,
    CustomResource,
    PodSecurity,
    child,
    metadata,
    once,
    once_made,
    without_waiting,
)

__all__ = [
    "HOLDS_DATA",
    "RELEASE",
    "SKIP_AWAIT",
    "WAIT_FOR",
    "CustomResource",
    "PodSecurity",
    "child",
    "metadata",
    "once",
    "once_made",
    "without_waiting",
]
