"""databases.n8n.backup.tags: 11 tags are more than S3 accepts; write at most 10 [archive-tags-are-valid]"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(backup=backup(tags={str(number): "" for number in range(11)}))}
)
