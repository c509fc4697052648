"""The rules that span components: each finds every place that breaks it, without a network.

Importing this package registers them all (components/rule.py).
"""

from stacks.rules import (
    archives,
    encryption,
    gitops,
    hints,
    hints_platform,
    names,
    nodes,
    objectives,
    objects,
    offsite,
    operators,
    storage,
    waivers,
)

__all__ = [
    "archives",
    "encryption",
    "gitops",
    "hints",
    "hints_platform",
    "names",
    "nodes",
    "objectives",
    "objects",
    "offsite",
    "operators",
    "storage",
    "waivers",
]
