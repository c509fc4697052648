"""Cluster n8n-prod/n8n-postgres: spec.imageName: the image changes together with work_mem, which CloudNativePG refuses with 'switchover'; change one of them first, or write primary_update_method 'restart' for this step [switchover-changes-one-thing]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database(primary_update_method="switchover")})
AFTER = environment(
    databases={
        "n8n": database(
            primary_update_method="switchover",
            image="ghcr.io/cloudnative-pg/postgresql:17.7-system-trixie",
            parameters={"work_mem": "8MB"},
        )
    }
)
