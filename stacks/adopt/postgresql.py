"""What a Cluster says of PostgreSQL: its first database, parameters, replication and roles."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from components.postgres import ObjectivesSpec, SynchronousSpec
from components.postgres.extensions import OPERATORS, stem
from components.postgres.objectives import (
    LEAST_ARCHIVE_TIMEOUT_SECONDS,
    UPLOAD_ALLOWANCE_SECONDS,
)
from components.postgres.parameters import Parameters
from stacks.adopt.amounts import objective, postgres_seconds
from stacks.adopt.document import Fields
from stacks.adopt.extensions import extension_images
from stacks.adopt.imports import imported
from stacks.adopt.roles import named, roles

Made = dict[str, Any]
"""Fields of the PostgresSpec."""

RTO = "1h"
"""The recovery time objective of what is adopted: no manifest says one."""

ARCHIVE_TIMEOUT = "5min"  # CloudNativePG's default

PARAMETERS = {
    "archive_mode": "on",
    "dynamic_shared_memory_type": "posix",
    "full_page_writes": "on",
    "hot_standby": "true",
    "listen_addresses": "*",
    "log_destination": "csvlog",
    "log_directory": "/controller/log",
    "log_filename": "postgres",
    "log_rotation_age": "0",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "false",
    "logging_collector": "on",
    "max_parallel_workers": "32",
    "max_replication_slots": "32",
    "max_worker_processes": "32",
    "port": "5432",
    "restart_after_crash": "false",
    "shared_memory_type": "mmap",
    "shared_preload_libraries": "",
    "ssl": "on",
    "ssl_max_protocol_version": "TLSv1.3",
    "ssl_min_protocol_version": "TLSv1.3",
    "unix_socket_directories": "/controller/run",
    "wal_keep_size": "512MB",
    "wal_level": "logical",
    "wal_log_hints": "on",
    "wal_receiver_timeout": "5s",
    "wal_sender_timeout": "5s",
}
"""What CloudNativePG 1.30 writes into a Cluster by itself (configuration.go), and need not be
declared."""


def bootstrap(cluster: Fields) -> Made:
    """Read the application's database and its owner."""
    given = cluster.inside("bootstrap")
    for way in ("recovery", "pg_basebackup"):
        if given.at(way) is not None:
            made = named(given.inside(way))
            if given.at(way, "database") is None:
                given.fill_in(
                    (way, "database"),
                    "is not there, so no manifest says which database is the application's; 'app' "
                    "of the owner 'app' is written, and drills ask that one",
                )
            given.changed(
                (way,),
                "is read once, when a Cluster is created; tier0 declares initdb, which changes "
                "nothing of one that exists (docs/recovery.md has the way back)",
            )
            return made
    first = given.inside("initdb")
    made = named(first)
    if first.flag("dataChecksums") is not True:
        first.changed(
            ("dataChecksums",),
            "is declared as true, and read once, when a Cluster is created; this one stays as it "
            "is, and `pg_checksums` switches them on",
        )
    segment = first.number("walSegmentSize")
    if segment not in (None, 16):
        made["wal_segment"] = segment
    return made


def libraries(cluster: Fields) -> Made:
    """Read what PostgreSQL loads at its start, and the images that extensions come in."""
    given = cluster.inside("postgresql")
    made: Made = {}
    loaded = [it for it in given.texts("shared_preload_libraries") if stem(it) not in OPERATORS]
    if loaded:
        made["shared_preload_libraries"] = loaded
    if images := extension_images(given):
        made["extension_images"] = images
    return made


def access(cluster: Fields) -> Made:
    """Read who may connect from where."""
    lines = cluster.texts("postgresql", "pg_hba")
    return {"pg_hba": lines} if lines else {}


def objectives(cluster: Fields) -> Made:
    """Choose objectives: what is archived when is known, and what may be lost is not."""
    path = ("postgresql", "parameters", "archive_timeout")
    given = cluster.quantity(*path) or ARCHIVE_TIMEOUT
    closed = postgres_seconds(given)
    if not closed:
        cluster.changed(
            path, f"'{given}' becomes '5min': without it a quiet database archives nothing"
        )
        closed = 300
    rpo = objective(closed, UPLOAD_ALLOWANCE_SECONDS, LEAST_ARCHIVE_TIMEOUT_SECONDS)
    if closed < LEAST_ARCHIVE_TIMEOUT_SECONDS:
        cluster.changed(path, f"'{given}' becomes '{LEAST_ARCHIVE_TIMEOUT_SECONDS}s'")
    cluster.document.say(
        "fill in",
        (),
        f"objectives: no manifest says how much may be lost; rpo='{rpo}' is archive_timeout "
        f"'{given}' and a minute for the upload, rto='{RTO}' is a guess that the first drill tests",
    )
    return {"objectives": ObjectivesSpec(rpo=rpo, rto=RTO)}


def parameters(cluster: Fields) -> Made:
    """Read PostgreSQL's parameters."""
    given, made = cluster.inside("postgresql", "parameters"), {}
    for name in given.names():
        value = given.quantity(name)
        if value is None or PARAMETERS.get(name) == value or name == "archive_timeout":
            continue
        if refused := _refused(name, value):
            given.kept_out((name,), refused)
        else:
            made[name] = value
    made |= _loading(cluster.inside("postgresql"), made)
    return {"parameters": made} if made else {}


def _loading(given: Fields, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return parameters at their defaults, by which CloudNativePG loads what a Cluster lists."""
    listed = {stem(it) for it in given.texts("shared_preload_libraries")} & set(OPERATORS)
    set_already = {it.partition(".")[0] for it in parameters}
    missing = dict(LOADS[it] for it in sorted(listed - set_already))
    if listed:
        by = f"{' and '.join(missing)}, written at its default" if missing else "its parameters"
        given.changed(
            ("shared_preload_libraries",),
            f"CloudNativePG loads {' and '.join(sorted(listed))} itself, because of {by}; it then "
            "creates the extension in each database",
        )
    return missing


LOADS = {
    "auto_explain": ("auto_explain.log_min_duration", "-1"),
    "pg_failover_slots": ("pg_failover_slots.synchronize_slot_names", "name_like:%"),
    "pg_stat_statements": ("pg_stat_statements.track", "top"),
    "pgaudit": ("pgaudit.log", "none"),
}
"""By each library that CloudNativePG loads itself: a parameter of it, and that parameter's default.
"""

_JUDGE: TypeAdapter[Any] = TypeAdapter(Parameters, config=ConfigDict(strict=True))


def _refused(name: str, value: str) -> str:
    """Return what a rule of all parameters says against one of them; empty where none does."""
    try:
        _JUDGE.validate_python({name: value})
    except ValidationError as error:
        return "; ".join(it["msg"] for it in error.errors())
    return ""


def slots(cluster: Fields) -> Made:
    """Read whether logical replication slots survive a failover."""
    path = ("replicationSlots", "highAvailability", "synchronizeLogicalDecoding")
    return {"synchronize_logical_decoding": True} if cluster.flag(*path) else {}


def replication(cluster: Fields) -> Made:
    """Read what a commit waits for."""
    given = cluster.inside("postgresql", "synchronous")
    number = given.number("number")
    if number:
        made: Made = {"number": number}
        if method := given.word("method", of=("any", "first")):
            made["method"] = method
        if durability := given.word("dataDurability", of=("required", "preferred")):
            made["durability"] = durability
        quorum = given.flag("failoverQuorum")
        required = made.get("durability", "required") == "required"
        if required and not quorum:
            given.changed(
                ("failoverQuorum",),
                "becomes true: without it a failover may promote the replica that lacks a commit",
            )
        elif quorum is not None and quorum != required:
            made["failover_quorum"] = quorum
        return {"synchronous": SynchronousSpec(**made)}
    least = cluster.number("minSyncReplicas") if cluster.at("maxSyncReplicas") else None
    if not least:
        return {}
    cluster.changed(("maxSyncReplicas",), "goes: `synchronous` has one number")
    cluster.changed(
        ("minSyncReplicas",),
        f"becomes `synchronous` with number {least}, method 'any' and durability 'preferred', "
        "which CloudNativePG has in its place",
    )
    return {"synchronous": SynchronousSpec(number=least, durability="preferred")}


SUBJECTS: tuple[Callable[[Fields], Made], ...] = (
    bootstrap,
    imported,
    objectives,
    parameters,
    libraries,
    access,
    replication,
    slots,
    roles,
)
"""Each reads one subject of a Cluster's `spec`."""
