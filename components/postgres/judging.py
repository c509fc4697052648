"""Every module with rules of a database. Importing it registers them."""

from components.postgres import (
    admission,
    changes,
    consequences,
    effects,
    extension_rules,
    import_rules,
    lineage,
    memory,
    metadata,
    pools,
    restarts,
    restores,
    rules,
    site_rules,
    startup,
    tablespaces,
)

__all__ = [
    "admission",
    "changes",
    "consequences",
    "effects",
    "extension_rules",
    "import_rules",
    "lineage",
    "memory",
    "metadata",
    "pools",
    "restarts",
    "restores",
    "rules",
    "site_rules",
    "startup",
    "tablespaces",
]
