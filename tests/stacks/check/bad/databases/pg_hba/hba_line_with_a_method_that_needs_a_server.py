"""databases.n8n.pg_hba.0: 'host all all all ldap ldapserver=ldap.example.org' asks for 'ldap', which needs what no field declares; write one of scram-sha-256, cert, reject [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["host all all all ldap ldapserver=ldap.example.org"])}
)
