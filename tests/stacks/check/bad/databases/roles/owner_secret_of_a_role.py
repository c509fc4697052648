"""databases.n8n.roles.reader.password_secret: 'reader-login' belongs to owner_secret; write another Secret, with this role's name in it [role-secrets-are-unique]"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(
    databases={"n8n": database(owner_secret="reader-login", roles={"reader": role()})}
)
