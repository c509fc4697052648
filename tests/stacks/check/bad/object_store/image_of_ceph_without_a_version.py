"""object_store.image: 'quay.io/ceph/ceph' names no fixed version; write 'quay.io/ceph/ceph:<tag>' or 'quay.io/ceph/ceph@sha256:<digest>' [image-is-pinned]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(image="quay.io/ceph/ceph"))
