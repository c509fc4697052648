"""storage.image: 'quay.io/ceph/ceph@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f' does not name Ceph's whole version, so which holes it has cannot be said; a tag like 'v19.2.5', also before a digest, names it [ceph-has-no-known-hole]"""

from tests.valid import environment, existing_ceph

ENVIRONMENT = environment(
    storage=existing_ceph(
        image="quay.io/ceph/ceph@sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"
    )
)
