"""storage.placement.tolerations.0: {'key': 'storage', 'operator': 'Exists'} is a dict; write text in quotes"""

from tests.valid import ceph_placement, environment, storage

ENVIRONMENT = environment(
    storage=storage(
        placement=ceph_placement(tolerations=[{"key": "storage", "operator": "Exists"}])
    )
)
