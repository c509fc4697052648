"""storage: Rook is installed and no Ceph cluster is declared, so one must be created by hand; a StorageSpec creates one [rook-has-ceph-cluster]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators())
