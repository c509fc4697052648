"""storage.name: 'Ceph' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(name="Ceph"))
