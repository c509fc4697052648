"""storage.resources.rgw: unknown field; CephResourcesSpec has mon, mgr, osd, mds"""

from tests.valid import ceph_resources, daemon, environment, storage

ENVIRONMENT = environment(storage=storage(resources=ceph_resources(rgw=daemon())))
