"""storage: nothing is made in an existing Ceph cluster if archives are in an S3 elsewhere; leave it out [existing-ceph-has-object-store]"""

from tests.valid import elsewhere, existing_ceph

ENVIRONMENT = elsewhere({"storage": existing_ceph()})
