"""databases.n8n.env.LDAP_PASSWORD: 'LDAP_PASSWORD' would be readable by everybody who may read the Cluster; leave it out [environment-name-is-free]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"LDAP_PASSWORD": "x"})})
