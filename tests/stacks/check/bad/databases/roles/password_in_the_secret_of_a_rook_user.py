"""databases.n8n.roles.two.password_secret: the Secret 'rook-ceph-object-user-store-n8n' in namespace 'n8n-prod' is Rook's own, for a user of a store; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(
    databases={
        "n8n": database(roles={"two": role(password_secret="rook-ceph-object-user-store-n8n")})
    }
)
