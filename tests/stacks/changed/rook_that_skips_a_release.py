"""Release rook-ceph/rook-ceph: version: 'v1.17.9' is upgraded by one minor version at a time, not to 'v1.19.10'; write 'v1.18.11' first [rook-skips-no-minor-version]"""

from tests.valid import environment, operators, storage

BEFORE = environment(operators=operators(), storage=storage(image="quay.io/ceph/ceph:v19.2.3"))
AFTER = environment(
    operators=operators(rook="v1.19.10"), storage=storage(image="quay.io/ceph/ceph:v19.2.3")
)
