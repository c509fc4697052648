"""Cluster shop/shop, spec.backup.barmanObjectStore: 'barmanObjectStore' is removed in CloudNativePG 1.31; 'plugin' takes over the archive without a gap (docs/runbooks/migrate-to-plugin.md) [archive-uses-plugin]"""

from tests.stacks.policies.programs import STORE, changed

OBJECTS = changed("cluster", "backup", {"barmanObjectStore": STORE, "retentionPolicy": "30d"})
OBJECTS["cluster"]["spec"]["plugins"] = []
