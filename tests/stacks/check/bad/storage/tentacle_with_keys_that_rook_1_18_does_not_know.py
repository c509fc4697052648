"""storage.image: 'quay.io/ceph/ceph:v20.2.4' makes keys that Rook v1.18.11 does not know (AES256K), and volumes are not mounted; write 18 from 18.2.0 on, or 19.2.0 to 19.2.5, or 20.2.0 to 20.2.3, or upgrade Rook to 1.19.9 or newer first (docs/upgrade.md) [rook-supports-ceph-version]"""

from tests.valid import environment, operators, storage

ENVIRONMENT = environment(
    operators=operators(rook="v1.18.11"), storage=storage(image="quay.io/ceph/ceph:v20.2.4")
)
