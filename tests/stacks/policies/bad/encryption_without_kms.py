"""ObjectStore shop/backups, spec.configuration.data.encryption: 'AES256' needs a KMS, without which Ceph refuses the upload or stores plaintext; declare security.s3 of the CephObjectStore, or leave encryption out [encryption-has-kms]"""

from tests.stacks.policies.programs import changed

OBJECTS = changed("store", "configuration.data", {"encryption": "AES256"})
