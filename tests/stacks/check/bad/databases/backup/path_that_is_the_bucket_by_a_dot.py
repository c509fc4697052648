"""databases.n8n.backup.bucket.path: '.' is not a path inside of a bucket; write folders of letters, digits and '._-', like 'clusters/prod', without a slash at its ends [bucket-path-is-plain]"""

from tests.valid import backup, database, environment, existing_bucket

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(bucket=existing_bucket(path=".")))}
)
