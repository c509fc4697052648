"""databases.n8n.backup.data_compression: False is not a choice; write 'bzip2', 'gzip', 'lz4' or 'snappy', or leave it out"""

from tests.valid import backup, database, environment

ENVIRONMENT = environment(databases={"n8n": database(backup=backup(data_compression=False))})
