"""databases.n8n.import_from.ca_secret: 'verify-full' needs the CA that signed the source's certificate; write the Secret that has it [import-knows-its-ca]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(ca_secret=None))})
