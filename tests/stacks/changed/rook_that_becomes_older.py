"""Release rook-ceph/rook-ceph: version: 'v1.18.11' cannot become 'v1.17.9', whose older CRDs drop what only newer ones know; keep 'v1.18.11' or a newer version [operator-keeps-its-crds]"""

from tests.valid import environment, operators, storage

BEFORE = environment(operators=operators(rook="v1.18.11"), storage=storage())
AFTER = environment(operators=operators(), storage=storage())
