"""operators.install: 'rook' has nothing to do, as archives are in an S3 elsewhere and no storage is declared; leave it out, or declare a StorageSpec [rook-is-installed-for-ceph]"""

from tests.valid import elsewhere, operators

ENVIRONMENT = elsewhere({"operators": operators()})
