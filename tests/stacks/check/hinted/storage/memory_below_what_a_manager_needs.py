"""storage.resources.mgr.memory: '256Mi' is less than Rook recommends, and a daemon that needs more is killed; '512Mi' is enough [daemons-have-recommended-memory]"""

from tests.valid import ceph_resources, daemon, environment, storage

ENVIRONMENT = environment(storage=storage(resources=ceph_resources(mgr=daemon(memory="256Mi"))))
