"""ObjectBucketClaim n8n-prod/n8n-backups: spec.additionalConfig.maxSize: a quota of '2Ti' stops archiving if the archive is larger already; compare it with the bucket's size first [smaller-quota-may-be-full]"""

from tests.valid import backup, claim, database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="2Ti")))})
