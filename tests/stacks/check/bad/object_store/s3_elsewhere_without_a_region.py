"""object_store.region: is missing; write it: Region that requests are signed for: of AWS or its like the bucket's, 'auto' with Cloudflare R2, with Garage what its configuration says, 'us-east-1' where the store takes any"""

from tests.valid import LEFT_OUT, backup, database, environment, existing_bucket, s3

ENVIRONMENT = environment(
    object_store=s3(region=LEFT_OUT),
    databases={"n8n": database(backup=backup(bucket=existing_bucket()))},
)
