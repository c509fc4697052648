"""databases.n8n.backup.bucket.quota: '500GB' is not a size; write a whole number and Mi, Gi or Ti, like '500Gi' [size-has-binary-unit]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(bucket=claim(quota="500GB")))})
