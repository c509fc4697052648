"""storage.resources.osd.memory: '6G' is not a size; write a whole number and Mi, Gi or Ti, like '6Gi' [size-has-binary-unit]"""

from tests.valid import ceph_resources, daemon, environment, storage

ENVIRONMENT = environment(storage=storage(resources=ceph_resources(osd=daemon(memory="6G"))))
