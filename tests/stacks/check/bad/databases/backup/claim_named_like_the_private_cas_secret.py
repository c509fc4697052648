"""databases.n8n.backup.bucket.claim: the Secret 'tier0-ca' in namespace 'n8n-prod' is the private CA's; choose another name [secret-has-one-writer]"""

from tests.valid import backup, claim, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=claim(claim="tier0-ca")))}
)
