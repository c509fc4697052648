"""PostgreSQL parameters: which may be set, and what they must not undo."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from components.postgres.settings import MAJORS, UnreadableError, grouped, settings
from components.spec.rule import Fault, obeys, rule

_OPERATORS = frozenset(
    (
        "allow_system_table_mods",
        "archive_cleanup_command",
        "archive_command",
        "archive_mode",
        "bonjour",
        "bonjour_name",
        "cluster_name",
        "config_file",
        "data_directory",
        "data_sync_retry",
        "event_source",
        "external_pid_file",
        "hba_file",
        "hot_standby",
        "ident_file",
        "jit_provider",
        "listen_addresses",
        "log_destination",
        "log_directory",
        "log_file_mode",
        "log_filename",
        "log_rotation_age",
        "log_rotation_size",
        "log_truncate_on_rotation",
        "logging_collector",
        "pg_failover_slots.primary_dsn",
        "pg_failover_slots.standby_slot_names",
        "port",
        "primary_conninfo",
        "primary_slot_name",
        "promote_trigger_file",
        "recovery_end_command",
        "recovery_min_apply_delay",
        "recovery_target",
        "recovery_target_action",
        "recovery_target_inclusive",
        "recovery_target_lsn",
        "recovery_target_name",
        "recovery_target_time",
        "recovery_target_timeline",
        "recovery_target_xid",
        "restart_after_crash",
        "restore_command",
        "shared_preload_libraries",
        "ssl",
        "ssl_ca_file",
        "ssl_cert_file",
        "ssl_crl_file",
        "ssl_dh_params_file",
        "ssl_ecdh_curve",
        "ssl_key_file",
        "ssl_passphrase_command",
        "ssl_passphrase_command_supports_reload",
        "ssl_prefer_server_ciphers",
        "stats_temp_directory",
        "synchronized_standby_slots",
        "synchronous_standby_names",
        "syslog_facility",
        "syslog_ident",
        "syslog_sequence_numbers",
        "syslog_split_messages",
        "temp_tablespaces",
        "unix_socket_directories",
        "unix_socket_group",
        "unix_socket_permissions",
    )
)
"""What CloudNativePG fixes or blocks (configuration.go, FixedConfigurationParameters, 1.30)."""


@rule("value", was="T211")
def parameter_name_is_valid(value: str) -> Iterator[Fault]:
    """A parameter's name is in lower case, with one dot at most.

    PostgreSQL accepts any case, but CloudNativePG compares literally: `Archive_Mode` would pass its
    list of fixed parameters (cluster_webhook.go, validateConfiguration).
    """
    word = r"[a-z_][a-z0-9_]*"
    if not re.fullmatch(rf"{word}(\.{word})?", value):
        yield Fault(f"'{value}' is not a parameter name; write it in lower case, like 'work_mem'")


ParameterName = Annotated[str, obeys(parameter_name_is_valid)]


@rule("value", was="T212")
def parameter_is_not_managed(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """No parameter is set that CloudNativePG or tier0 manages.

    CloudNativePG refuses its own (configuration.go, FixedConfigurationParameters, and
    cluster_webhook.go, validateConfiguration), but not each of PostgreSQL's categories "Archiving",
    "Archive Recovery" and "Recovery Target": with `archive_library` archiving stops, and no failure
    counter increases. `archive_timeout` is the RPO minus the upload; another value would make the
    declared RPO untrue.
    """
    for name in parameters:
        if name == "archive_timeout":
            yield Fault("'archive_timeout' follows from objectives.rpo; write that instead")
        elif name in _OPERATORS:
            yield Fault(f"'{name}' is set by CloudNativePG and refused; leave it out")
        elif name in grouped("archiving") | grouped("recovery"):
            yield Fault(f"'{name}' would undo the archiving that tier0 sets up; leave it out")


@rule("value", was="T213")
def parameters_keep_durability(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """No parameter gives up durability.

    Without fsync or full pages a crash leaves a corrupt database (PostgreSQL, "Write Ahead Log"),
    and a base backup of it; WAL of level 'minimal' cannot be archived (CloudNativePG refuses it,
    cluster_webhook.go, validateConfiguration).
    """
    for name in ("fsync", "full_page_writes"):
        if value_of(parameters, name, "on") is False:
            yield Fault(f"{name} '{parameters[name]}' loses the data in a crash; leave it out")
    if value_of(parameters, "wal_level", "replica") == "minimal":
        yield Fault("wal_level 'minimal' cannot be archived; write 'replica' or leave it out")


@rule("value", was="T214")
def parameter_size_has_unit(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """`shared_buffers` has a unit.

    A bare number is blocks of 8 kB to PostgreSQL and MB to CloudNativePG, which compares it with
    the memory request (cluster_webhook.go, parsePostgresQuantityValue).
    """
    given = parameters.get("shared_buffers", "").strip()
    size = parameter_bytes(parameters, "shared_buffers", "")
    if size > 0 and given.isascii() and given.isdigit():
        yield Fault(
            f"shared_buffers '{given}' is blocks of 8 kB to PostgreSQL and MB to CloudNativePG; "
            f"write '{plain_size(size)}'"
        )


Parameters = Annotated[
    Mapping[ParameterName, str],
    obeys(parameter_is_not_managed, parameters_keep_durability, parameter_size_has_unit),
]


def value_of(parameters: Mapping[str, str], name: str, default: str) -> bool | float | str | None:
    """Return a parameter as PostgreSQL reads it, in its own unit; None if it is unreadable.

    *default* is PostgreSQL's. Only for parameters that mean the same in every major version.
    """
    try:
        return settings(MAJORS[-1])[name].read(parameters.get(name, default))
    except UnreadableError:
        return None  # parameter-fits-postgresql says so


def plain_size(size: int) -> str:
    """Return bytes as PostgreSQL and CloudNativePG both read them, in MB where they are whole."""
    return f"{size >> 10}kB" if size % 2**20 else f"{size >> 20}MB"


def number_of(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Return a number as PostgreSQL reads it, *default* if it is left out or unreadable."""
    value = value_of(parameters, name, str(default))
    return int(value) if isinstance(value, float) else default


def parameter_bytes(parameters: Mapping[str, str], name: str, default: str) -> int:
    """Return a size parameter in bytes; 0 if PostgreSQL does not accept it."""
    try:
        return int(settings(MAJORS[-1])[name].amount(parameters.get(name, default)))
    except UnreadableError:
        return 0
