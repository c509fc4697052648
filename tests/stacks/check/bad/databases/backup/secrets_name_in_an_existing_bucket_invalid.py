"""databases.n8n.backup.bucket.secret: 'Archive_Keys' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(secret="Archive_Keys")))}
)
