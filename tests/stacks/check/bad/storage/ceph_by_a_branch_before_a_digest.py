"""storage.image: 'quay.io/ceph/ceph:squid@sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1' does not name Ceph's whole version, so Rook cannot be compared with it; write the whole version in the tag, like 'v19.2.5', also before a digest [ceph-image-names-version]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(
    operators=operators(),
    storage=storage(
        image="quay.io/ceph/ceph:squid@sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
    ),
)
