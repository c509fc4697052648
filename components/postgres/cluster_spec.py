"""What a Cluster says of its instances and of PostgreSQL in them, whatever its archive is."""

from typing import Any

from components.postgres.certificates import certificates
from components.postgres.extensions import loaded
from components.postgres.generations import Generation
from components.postgres.hba import hba_lines
from components.postgres.heartbeat import CLIENTS
from components.postgres.initdb import initdb
from components.postgres.instances import pull_secrets, update_method
from components.postgres.metadata import inherited_metadata
from components.postgres.placement import placement
from components.postgres.replication import synchronous
from components.postgres.resources import page_parameters, resources
from components.postgres.roles import managed_roles
from components.postgres.spec import PostgresSpec, major_of
from components.postgres.tablespaces import tablespaces
from components.postgres.timers import timers
from components.postgres.wal import (
    logical_parameters,
    logical_slots,
    slot_parameters,
    wal_parameters,
)


def cluster_spec(
    spec: PostgresSpec, generation: Generation, *, drilled: bool = False
) -> dict[str, Any]:
    """Return the `Cluster.spec` of a generation without its archiving and its recovery."""
    inner = [it for it in spec.hosts if it not in spec.outer_hosts]
    names = [name for host in inner for name in (host, f"{host}.cluster.local")]
    archive_timeout = {"archive_timeout": f"{spec.objectives.archive_timeout_seconds}s"}
    return {
        "instances": spec.instances,
        "imageName": generation.image,
        **pull_secrets(spec.image_pull_secrets),
        **volumes(spec),
        **resources(spec.resources),
        **placement(spec.placement, generation.cluster),
        **inherited_metadata(spec.inherited_metadata),
        **timers(spec.timers),
        **update_method(spec.primary_update_method),
        "enableSuperuserAccess": spec.superuser_access,
        **({"superuserSecret": {"name": spec.superuser_secret}} if spec.superuser_secret else {}),
        "bootstrap": {"initdb": initdb(spec)},
        **managed_roles(spec.roles),
        **logical_slots(spec, generation),
        **certificates(spec.certificates, [*names, *spec.outer_hosts]),
        "postgresql": {
            "parameters": archive_timeout
            | wal_parameters(spec, generation)
            | slot_parameters(spec)
            | page_parameters(spec.resources)
            | logical_parameters(spec, generation)
            | dict(spec.parameters),
            **loaded(
                spec.shared_preload_libraries,
                spec.extension_images,
                major=major_of(generation.image),
                of=spec.major,
            ),
            **synchronous(spec.synchronous),
            # None of a database's own lines may keep drills out.
            **hba_lines([*(CLIENTS if drilled else ()), *spec.pg_hba]),
        },
    }


def volumes(spec: PostgresSpec) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with the volumes of an instance, tablespaces too."""

    def volume(size: str, storage_class: str | None) -> dict[str, str]:
        return {"size": size} | ({"storageClass": storage_class} if storage_class else {})

    data = {"storage": volume(spec.storage, spec.storage_class), **tablespaces(spec.tablespaces)}
    if spec.wal_storage is None:
        return data
    return data | {"walStorage": volume(spec.wal_storage, spec.wal_storage_class)}
