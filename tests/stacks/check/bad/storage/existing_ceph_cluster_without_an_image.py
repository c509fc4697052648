"""storage.image: is missing; write it: The Ceph image that it runs"""

from tests.valid import LEFT_OUT, environment, existing_ceph

ENVIRONMENT = environment(storage=existing_ceph(image=LEFT_OUT))
