"""operators.install: 'rook' is already installed with the existing Ceph cluster of storage; leave it out, or declare a StorageSpec [rook-is-installed-once]"""

from tests.valid import environment, existing_ceph, operators

ENVIRONMENT = environment(operators=operators(), storage=existing_ceph())
