"""storage.resources.osd.memory: '1Gi' is less than Rook recommends, and a daemon that needs more is killed; '2Gi' is enough [daemons-have-recommended-memory]"""

from tests.valid import ceph_resources, daemon, environment, storage

ENVIRONMENT = environment(storage=storage(resources=ceph_resources(osd=daemon(memory="1Gi"))))
