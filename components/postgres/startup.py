"""Rules of what stops PostgreSQL at its start, or a replica, although its value is in range."""

from collections.abc import Iterator

from components.postgres.images import lacks_extension
from components.postgres.parameters import number_of, parameter_bytes, value_of
from components.postgres.spec import PostgresSpec
from components.postgres.wal import MAX_WAL
from components.spec.rule import Fault, rule

_BUFFERS = (
    *("commit_timestamp_buffers", "multixact_member_buffers", "multixact_offset_buffers"),
    *("notify_buffers", "serializable_buffers", "subtransaction_buffers", "transaction_buffers"),
)
_MULTIPLE = 16
_TLS = "TLSv1.3"
"""CloudNativePG's default of the lowest and of the highest TLS version (configuration.go, 1.30)."""
_LEAST_RING = 128
"""Kilobytes of `vacuum_buffer_usage_limit`, unless it is 0."""


@rule("spec", of=PostgresSpec)
def wal_sizes_hold_two_segments(spec: PostgresSpec) -> Iterator[Fault]:
    """min_wal_size and max_wal_size hold two WAL segments.

    PostgreSQL does not start with less: `"min_wal_size" must be at least twice "wal_segment_size"`
    (run on 17 and 18).
    """
    two = 2 * spec.wal_segment
    for name in ("min_wal_size", "max_wal_size"):
        if 0 < parameter_bytes(spec.parameters, name, MAX_WAL) < two * 2**20:
            yield Fault(
                f"'{spec.parameters[name]}' is less than two WAL segments, and PostgreSQL does not "
                f"start; write at least '{two}MB'",
                ("parameters", name),
            )


@rule("spec", of=PostgresSpec)
def connections_exceed_reserved(spec: PostgresSpec) -> Iterator[Fault]:
    """max_connections is more than the connections that are reserved.

    PostgreSQL does not start otherwise: `superuser_reserved_connections (100) plus
    reserved_connections (0) must be less than max_connections (100)` (run on 17 and 18).
    """
    most = number_of(spec.parameters, "max_connections", 100)
    reserved = number_of(spec.parameters, "superuser_reserved_connections", 3)
    if spec.major >= 16:  # noqa: PLR2004 - the first with it
        reserved += number_of(spec.parameters, "reserved_connections", 0)
    if most <= reserved:
        yield Fault(
            f"max_connections {most} leaves none besides the {reserved} that are reserved, and "
            f"PostgreSQL does not start; write max_connections '{reserved + 100}', or reserve less",
            ("parameters",),
        )


@rule("spec", of=PostgresSpec)
def replicas_can_connect(spec: PostgresSpec) -> Iterator[Fault]:
    """Each replica has a WAL sender and a slot, and the next one two senders to be cloned.

    CloudNativePG makes a slot for each (slots/reconciler, 1.30), and clones with pg_basebackup,
    which takes two senders. Without them the cluster never has its instances.
    """
    if spec.instances == 1:
        return
    needed = {"max_wal_senders": spec.instances, "max_replication_slots": spec.instances - 1}
    for name, least in needed.items():
        if name in spec.parameters and number_of(spec.parameters, name, least) < least:
            yield Fault(
                f"'{spec.parameters[name]}' is too few for {spec.instances} instances, whose "
                f"replicas could not connect; write at least '{least}'",
                ("parameters", name),
            )


@rule("spec", of=PostgresSpec)
def buffers_have_accepted_size(spec: PostgresSpec) -> Iterator[Fault]:
    """Buffers have one of the sizes that PostgreSQL accepts within their range.

    Those of its small caches are multiples of 16, and `vacuum_buffer_usage_limit` is 0 or at least
    128 kB; it does not start otherwise (run on 18).
    """
    for name in _BUFFERS:
        count = number_of(spec.parameters, name, 0)
        if count % _MULTIPLE:
            yield Fault(
                f"'{spec.parameters[name]}' is {count} buffers, which is no multiple of "
                f"{_MULTIPLE}; write '{-(-count // _MULTIPLE) * _MULTIPLE}'",
                ("parameters", name),
            )
    concurrency = "io_max_concurrency"
    if number_of(spec.parameters, concurrency, -1) == 0:
        yield Fault(
            f"'{spec.parameters[concurrency]}' is not accepted; write -1 to have it chosen, or at "
            "least 1",
            ("parameters", concurrency),
        )
    ring = "vacuum_buffer_usage_limit"
    if 0 < number_of(spec.parameters, ring, 0) < _LEAST_RING:
        yield Fault(
            f"'{spec.parameters[ring]}' is too small for PostgreSQL to start; write at least "
            f"'{_LEAST_RING}kB', or 0 for no limit",
            ("parameters", ring),
        )


@rule("spec", of=PostgresSpec)
def tls_versions_form_a_range(spec: PostgresSpec) -> Iterator[Fault]:
    """The lowest TLS version is not above the highest.

    CloudNativePG sets both to 'TLSv1.3' (configuration.go, 1.30), so a highest version of 'TLSv1.2'
    alone is below the lowest, and PostgreSQL does not start: `could not set SSL protocol version
    range` (be-secure-openssl.c, be_tls_init).
    """
    lowest, highest = "ssl_min_protocol_version", "ssl_max_protocol_version"
    least, most = (value_of(spec.parameters, it, _TLS) for it in (lowest, highest))
    if isinstance(least, str) and isinstance(most, str) and most and most < least:
        given = spec.parameters.get(highest, _TLS)
        yield Fault(
            f"'{spec.parameters.get(lowest, _TLS)}' is above {highest} '{given}', and PostgreSQL "
            f"does not start; write '{given}', or a higher {highest}",
            ("parameters", lowest),
        )


@rule("spec", of=PostgresSpec)
def loaded_extension_is_in_image(spec: PostgresSpec) -> Iterator[Fault]:
    """The image has the extension that a parameter makes CloudNativePG load.

    A parameter of pgaudit or pg_failover_slots is enough (configuration.go, ManagedExtensions,
    1.30). Without it PostgreSQL does not start: `could not access file "pgaudit"` (run on 18).
    """
    for name in spec.parameters:
        extension = name.partition(".")[0]
        if "." in name and lacks_extension(spec.image, extension):
            yield Fault(
                f"loads {extension}, which '{spec.image}' does not contain; write a '-standard-' "
                "image, or leave it out",
                ("parameters", name),
            )
