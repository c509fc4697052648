"""storage.placement.labels.storage: True is a bool; write text in quotes"""

from tests.valid import ceph_placement, environment, storage

ENVIRONMENT = environment(storage=storage(placement=ceph_placement(labels={"storage": True})))
