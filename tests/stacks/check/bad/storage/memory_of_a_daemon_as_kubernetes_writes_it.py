"""storage.resources.mgr.limits: unknown field; DaemonSpec has cpu, memory"""

from tests.valid import ceph_resources, daemon, environment, storage

ENVIRONMENT = environment(
    storage=storage(resources=ceph_resources(mgr=daemon(limits={"memory": "3Gi"})))
)
