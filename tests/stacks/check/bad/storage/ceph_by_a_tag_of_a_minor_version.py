"""storage.image: 'quay.io/ceph/ceph:v19.2' is a tag that moves, and the next node that pulls it upgrades a part of Ceph; write the whole version in the tag, like 'v19.2.5', also before a digest [ceph-image-names-version]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(image="quay.io/ceph/ceph:v19.2"))
