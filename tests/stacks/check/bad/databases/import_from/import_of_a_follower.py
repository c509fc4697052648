"""databases.n8n.import_from: generation 2 has the data of the other site, and nothing is imported; leave it out [import-has-a-generation]"""

from tests.valid import environment, following, importing

ENVIRONMENT = environment(databases={"n8n": following(import_from=importing())})
