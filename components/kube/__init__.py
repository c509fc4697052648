"""Kubernetes objects as this program declares them."""

from components.kube.objects import (
    HOLDS_DATA,
    OBJECT_SECONDS,
    RELEASE,
    SKIP_AWAIT,
    WAIT_FOR,
    Component,
    Object,
    PodSecurity,
    after_created,
    child,
    taking_over,
    when_ready,
    without_waiting,
)
from components.kube.provider import Provider
from components.kube.release import Release, release_as_object

__all__ = [
    "HOLDS_DATA",
    "OBJECT_SECONDS",
    "RELEASE",
    "SKIP_AWAIT",
    "WAIT_FOR",
    "Component",
    "Object",
    "PodSecurity",
    "Provider",
    "Release",
    "after_created",
    "child",
    "release_as_object",
    "taking_over",
    "when_ready",
    "without_waiting",
]
