"""Cluster shop/shop, spec.plugins: 'barman-cloud.cloudnative-pg.io' archives no WAL, as it is not the archiver; write isWALArchiver: true [archiver-is-designated]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("cluster", "plugins.0.enabled", value=False)
