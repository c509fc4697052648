"""storage: Rook is installed and no Ceph cluster is declared, so somebody must make one; a StorageSpec does [rook-has-ceph-cluster]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators())
