"""databases.n8n.image_pull_secrets.0: 'team/registry' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image_pull_secrets=["team/registry"])})
