"""storage.image: 'quay.io/ceph/ceph:latest' names no fixed version; write 'quay.io/ceph/ceph:<tag>' or 'quay.io/ceph/ceph@sha256:<digest>' [image-is-pinned]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(image="quay.io/ceph/ceph:latest"))
