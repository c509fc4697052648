"""storage: Rook is installed and no Ceph cluster is declared, so somebody must make one; a StorageSpec does [H116]"""

from tests.valid import environment, operators

ENVIRONMENT = environment(operators=operators())
