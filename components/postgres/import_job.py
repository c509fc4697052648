"""The Job that asks the source of an import, before the database is created, whether it can be.

CloudNativePG tries an import again and says why in the log of its Job only. After the seventh try,
some twelve minutes later, it has given up (jobs.go sets no `backoffLimit`, v1.30.0), while the
engine waits for the database as long as an import may take.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi

from components.kube import Object
from components.kube.program import Program, one_try, restricted_pod
from components.kube.rights import service_account
from components.postgres.images import POSTGRES_USER
from components.postgres.import_options import expression_of
from components.postgres.imports import ImportSpec
from components.postgres.recovery_rights import rights_to_look
from components.postgres.sidecar import SIDECAR_IMAGE
from components.postgres.spec import PostgresSpec

SOURCE = Program("source")

_WITHIN_SECONDS = 1800


def source_job(
    name: str,
    spec: PostgresSpec,
    source: ImportSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
) -> Object:
    """Declare the Job on which the Cluster of a database that is imported depends."""
    object_name = f"{spec.cluster}-source"
    account = service_account(
        f"{name}-source",
        parent=parent,
        name=object_name,
        namespace=namespace,
        rules=rights_to_look(spec.cluster, source),
    )
    return Object(
        f"{name}-source",
        parent=parent,
        api_version="batch/v1",
        kind="Job",
        name=object_name,
        namespace=namespace,
        within=_WITHIN_SECONDS,
        spec=one_try(
            restricted_pod(
                SOURCE.name,
                image=SIDECAR_IMAGE,
                command=["python3", "-c", SOURCE.text, json.dumps(_settings(spec, source))],
                user=POSTGRES_USER,
                group=POSTGRES_USER,
                account=account,
                once=True,
                requests={"cpu": "20m", "memory": "64Mi"},
                memory="256Mi",
                mounts={},
                volumes=[],
            ),
            # By the second one the NetworkPolicy lets it through (network.py).
            labels={"app.kubernetes.io/name": object_name, "cnpg.io/cluster": spec.cluster},
            program=SOURCE,
        ),
    )


def _settings(spec: PostgresSpec, source: ImportSpec) -> Mapping[str, Any]:
    return {
        "namespace": spec.namespace,
        "cluster": spec.cluster,
        "password_secret": source.password_secret,
        "ca_secret": source.ca_secret,
        "databases": [*source.databases],
        "roles": bool(source.roles),
        "rows": not source.schema_only,
        "left_out": {
            "schemas": [*source.options.exclude_schemas],
            "extensions": [*source.options.exclude_extensions],
            "rows": [expression_of(it) for it in source.options.exclude_table_data],
        },
        "source": {
            "host": source.host,
            "port": source.port,
            "user": source.user,
            "ssl_mode": source.ssl_mode,
            "major": source.major,
        },
    }
