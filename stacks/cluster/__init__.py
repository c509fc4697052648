"""A cluster: the one client of commands, tools and tests.

Its import takes a fifth of a second: a command that needs no cluster does not import it.
"""

from stacks.cluster.answers import (
    Answer,
    Manifest,
    NoSuchKind,
    Refused,
    Unreachable,
    condition_of,
    place_of,
)
from stacks.cluster.client import APPLY, ClusterClient

__all__ = [
    "APPLY",
    "Answer",
    "ClusterClient",
    "Manifest",
    "NoSuchKind",
    "Refused",
    "Unreachable",
    "condition_of",
    "place_of",
]
