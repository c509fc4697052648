"""storage.image: 'quay.io/ceph/ceph:v19.2.6' makes keys that no Rook before 1.19.9 knows, nor 1.20 before 1.20.5, and operators does not install Rook; an older one must be upgraded first [rook-that-is-there-knows-new-keys]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(image="quay.io/ceph/ceph:v19.2.6"))
