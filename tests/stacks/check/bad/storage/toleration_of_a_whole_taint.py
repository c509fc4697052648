"""storage.placement.tolerations.0: 'storage=true:NoSchedule' is not a label's key; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-key-is-qualified]"""

from tests.valid import ceph_placement, environment, storage

ENVIRONMENT = environment(
    storage=storage(placement=ceph_placement(tolerations=["storage=true:NoSchedule"]))
)
