"""databases.n8n.parameters.pgaudit.log: loads pgaudit, which 'ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie' does not contain; write a '-standard-' image, or leave it out [loaded-extension-is-in-image]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
            parameters={"pgaudit.log": "all"},
        )
    }
)
