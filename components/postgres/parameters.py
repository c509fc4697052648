"""PostgreSQL's own parameters: which may be set, and what they must not undo."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

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

_OFF = {"off", "false", "no", "0", "f", "n"}
_SIZES = ("shared_buffers", "min_wal_size", "max_wal_size")
_UNITS = {"B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_SIZE = re.compile(r"([1-9][0-9]*) ?(B|kB|MB|GB|TB)")


@rule("value", was="T211")
def parameter_name_is_valid(value: str) -> Iterator[Fault]:
    """A parameter's name is in lower case, with one dot at most.

    PostgreSQL takes any case, but CloudNativePG compares as it is written: `Archive_Mode` would
    pass by its list of fixed ones (cluster_webhook.go, validateConfiguration).
    """
    word = r"[a-z_][a-z0-9_]*"
    if not re.fullmatch(rf"{word}(\.{word})?", value):
        yield Fault(f"'{value}' is not a parameter's name; write it in lower case, like 'work_mem'")


ParameterName = Annotated[str, obeys(parameter_name_is_valid)]


@rule("value", was="T212")
def parameter_is_not_managed(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """No parameter is set that CloudNativePG or tier0 sets itself.

    CloudNativePG refuses its own (configuration.go, FixedConfigurationParameters, and
    cluster_webhook.go, validateConfiguration). `archive_timeout` is the RPO less the upload;
    another one would make the declared RPO untrue.
    """
    for name in parameters:
        if name in _OPERATORS:
            yield Fault(f"'{name}' is set by CloudNativePG and refused; leave it out")
        elif name == "archive_timeout":
            yield Fault("'archive_timeout' follows from objectives.rpo; write that instead")


@rule("value", was="T213")
def parameters_keep_durability(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """No parameter gives durability up.

    Without fsync or full pages a crash leaves a corrupt database (PostgreSQL, "Write Ahead Log"),
    and a base backup of it; WAL of level 'minimal' cannot be archived (CloudNativePG refuses it,
    cluster_webhook.go, validateConfiguration).
    """
    for name in ("fsync", "full_page_writes"):
        if parameters.get(name, "on").lower() in _OFF:
            yield Fault(f"{name} '{parameters[name]}' loses the data in a crash; leave it out")
    if parameters.get("wal_level") == "minimal":
        yield Fault("wal_level 'minimal' cannot be archived; write 'replica' or leave it out")


@rule("value", was="T214")
def parameter_size_has_unit(parameters: Mapping[str, str]) -> Iterator[Fault]:
    """A size is in PostgreSQL's units.

    It knows no 'Gi'. A bare number is blocks of 8 kB to PostgreSQL and MB to CloudNativePG's check
    of `shared_buffers` (cluster_webhook.go, parsePostgresQuantityValue).
    """
    for name in _SIZES:
        if name in parameters and not _SIZE.fullmatch(parameters[name]):
            number = re.match(r"[1-9][0-9]*", parameters[name])
            like = f"{number[0]}GB" if number else "2GB"
            yield Fault(
                f"{name} '{parameters[name]}' is not a size of PostgreSQL's; write a whole number "
                f"and kB, MB, GB or TB, like '{like}'"
            )


Parameters = Annotated[
    Mapping[ParameterName, str],
    obeys(parameter_is_not_managed),
    obeys(parameters_keep_durability),
    obeys(parameter_size_has_unit),
]


def parameter_bytes(parameters: Mapping[str, str], name: str, default: str) -> int:
    """Return a parameter that is a size in bytes; its *default* is PostgreSQL's."""
    size = _SIZE.fullmatch(parameters.get(name, default))
    return int(size[1]) * _UNITS[size[2]] if size else 0
