"""ObjectBucketClaim n8n-prod/n8n-backups: spec.bucketName: 'n8n-backups' cannot become 'n8n-archive', as a claim is bound to one bucket; write 'n8n-backups', or another claim for 'n8n-archive' [claim-keeps-its-bucket]
ObjectStore n8n-prod/n8n-postgres: spec.configuration.destinationPath: s3://n8n-backups/ becomes s3://n8n-archive/, so the recovery window begins with the first base backup there; make one right after, and keep the old archive for as long as its window is needed [other-bucket-begins-a-window]"""

from tests.valid import backup, claim, database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(backup=backup(bucket=claim(bucket="n8n-archive")))})
