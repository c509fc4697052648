"""The rules that span components: each finds every place that breaks it, without a network.

Importing this package registers them all (components/spec/rule.py).
"""

from stacks.check.rules import (
    adopted,
    archiver,
    archives,
    clients,
    databases,
    drills,
    encryption,
    gitops,
    hints,
    hints_outside,
    hints_platform,
    in_tree,
    kept,
    keys,
    names,
    nodes,
    objectives,
    objects,
    offsite,
    operators,
    secrets,
    sizes,
    storage,
    stores,
    waivers,
)

__all__ = [
    "adopted", "archiver", "archives", "clients", "databases", "drills",
    "encryption", "gitops", "hints", "hints_outside", "hints_platform", "in_tree", "kept", "keys",
    "names", "nodes", "objectives", "objects", "offsite", "operators", "secrets", "sizes",
    "storage", "stores", "waivers",
]  # fmt: skip
