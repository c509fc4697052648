"""databases.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' has 64 characters; write at most 63 [name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n" * 64: database()})
