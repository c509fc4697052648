"""ObjectBucketClaim n8n-prod/n8n-backups: spec.storageClassName: 's3-bucket' cannot become 'tier0-s3', as a claim stays in its store; write 's3-bucket', or another claim for 'tier0-s3' [claim-keeps-its-bucket]"""

from tests.valid import environment, existing_store

BEFORE = environment()
AFTER = environment(object_store=existing_store(name="s3"))
