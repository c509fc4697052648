"""storage: nothing is made in an existing Ceph cluster if archives have a store that exists; leave it out [existing-ceph-has-object-store]"""

from tests.valid import environment, existing_ceph, existing_store

ENVIRONMENT = environment(object_store=existing_store(), storage=existing_ceph())
