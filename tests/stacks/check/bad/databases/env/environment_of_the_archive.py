"""databases.n8n.env.AWS_REGION: 'AWS_REGION' is for the archive, whose settings are in backup; leave it out [environment-name-is-free]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"AWS_REGION": "eu-west-1"})})
