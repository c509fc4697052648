"""databases.n8n.parameters.pgaudit.log_catalog: loads pgaudit, which 'ghcr.io/cloudnative-pg/postgresql:18-minimal-bookworm' does not contain; write a '-standard-' image, or leave it out [loaded-extension-is-in-image]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:18-minimal-bookworm",
            parameters={"pgaudit.log_catalog": "off"},
        )
    }
)
