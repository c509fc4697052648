"""operators.install: 'rook' is there already with the Ceph cluster of storage; leave it out, or declare a StorageSpec [rook-is-installed-once]"""

from tests.valid import environment, existing_ceph, operators

ENVIRONMENT = environment(operators=operators(), storage=existing_ceph())
