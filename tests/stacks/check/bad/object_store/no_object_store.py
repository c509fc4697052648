"""object_store: is missing; write it: Where archives are stored: in a Ceph cluster managed by Rook, in a new store or one that exists, or in an S3 elsewhere (docs/object-stores.md)"""

from tests.valid import LEFT_OUT, environment

ENVIRONMENT = environment(object_store=LEFT_OUT)
