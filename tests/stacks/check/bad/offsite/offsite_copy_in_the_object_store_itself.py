"""offsite.endpoint: 'https://rook-ceph-rgw-s3.rook-ceph.svc' is a service of this cluster and is lost with it; write the address of a store elsewhere [offsite-is-outside-cluster]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://rook-ceph-rgw-s3.rook-ceph.svc"))
