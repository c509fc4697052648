"""ObjectStore shop/backups, spec.configuration.endpointURL: 'http://minio.shop.svc:9000' is not an HTTPS address; write 'https://<host>' or 'https://<host>:<port>' [address-is-https]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("store", "configuration.endpointURL", "http://minio.shop.svc:9000")
