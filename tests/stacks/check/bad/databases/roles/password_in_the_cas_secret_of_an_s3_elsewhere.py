"""databases.n8n.roles.reader.password_secret: the Secret 's3-ca' in namespace 'n8n-prod' is that of object_store.ca_secret; choose another name [secret-has-one-writer]"""

from tests.valid import elsewhere, role, s3

ENVIRONMENT = elsewhere(
    {
        "object_store": s3(ca_secret="s3-ca"),
        "databases.n8n.roles": {"reader": role(password_secret="s3-ca")},
    }
)
