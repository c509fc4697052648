"""ObjectStore shop/backups, spec.configuration.endpointCA: no public CA signs a certificate for 'https://rook-ceph-rgw-store.rook-ceph.svc:443'; write the Secret with the CA that did [private-endpoint-has-ca]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("store", "configuration.endpointCA", None)
