"""Cluster shop/shop, spec.plugins: nothing archives its WAL; write the plugin 'barman-cloud.cloudnative-pg.io' with isWALArchiver: true [archiver-is-designated]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("cluster", "plugins", None)
