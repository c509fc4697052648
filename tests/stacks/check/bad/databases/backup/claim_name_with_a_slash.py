"""databases.n8n.backup.bucket.claim: 'n8n/backups' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=claim(claim="n8n/backups")))}
)
