"""Rules that CloudNativePG's webhook has (cluster_webhook.go, 1.30), judged before it is asked.

docs/webhooks.md lists all that it judges, with the rule that says the same.
"""

import re
from collections.abc import Iterator

from components.postgres.parameters import parameter_bytes, plain_size, value_of
from components.postgres.spec import PostgresSpec
from components.postgres.wal import SLOTS_SINCE, has_failover_slots
from components.spec.rule import Fault, rule

_OLDEST = 13
COMPARED = ("shared_buffers", "min_wal_size", "max_wal_size")
"""The parameters that CloudNativePG compares with the volume and the memory."""


@rule("spec", of=PostgresSpec)
def postgresql_is_supported(spec: PostgresSpec) -> Iterator[Fault]:
    """CloudNativePG supports the major version of PostgreSQL.

    It refuses those before 13 (validateConfiguration).
    """
    if spec.major < _OLDEST:
        yield Fault(
            f"'{spec.image}' is PostgreSQL {spec.major}, which CloudNativePG refuses; write an "
            f"image of PostgreSQL {_OLDEST} or later",
            ("image",),
        )


@rule("spec", of=PostgresSpec)
def compared_size_is_plain(spec: PostgresSpec) -> Iterator[Fault]:
    """A size that CloudNativePG compares is written so that both read the same.

    PostgreSQL accepts `0x10MB`, `1e3MB` and blanks around it; CloudNativePG refuses them, and reads
    `010MB` as 10 MB, PostgreSQL as 8 (parsePostgresQuantityValue).
    """
    for name in COMPARED:
        given = spec.parameters.get(name, "0")
        plain = r"(0|[1-9][0-9]*)|(0|[1-9][0-9]*)(\.[0-9]+)? *(B|kB|MB|GB|TB)"
        size = parameter_bytes(spec.parameters, name, "0")
        if size > 0 and not re.fullmatch(plain, given):
            yield Fault(
                f"'{given}' is a size that CloudNativePG reads differently or refuses; write "
                f"'{plain_size(size)}'",
                ("parameters", name),
            )


@rule("spec", of=PostgresSpec)
def wal_level_is_in_lower_case(spec: PostgresSpec) -> Iterator[Fault]:
    """`wal_level` is in lower case, as CloudNativePG compares it.

    PostgreSQL accepts any case, CloudNativePG refuses others (validateConfiguration).
    """
    read = value_of(spec.parameters, "wal_level", "replica")
    given = spec.parameters.get("wal_level", "replica")
    if isinstance(read, str) and given != read:
        yield Fault(
            f"'{given}' is refused by CloudNativePG; write '{read}'", ("parameters", "wal_level")
        )


@rule("spec", of=PostgresSpec)
def replicas_have_wal_log_hints(spec: PostgresSpec) -> Iterator[Fault]:
    """With replicas, `wal_log_hints` is on.

    Without it a former primary cannot be rewound; CloudNativePG refuses it (validateConfiguration).
    """
    if spec.instances > 1 and value_of(spec.parameters, "wal_log_hints", "on") is False:
        yield Fault(
            f"'{spec.parameters['wal_log_hints']}' with {spec.instances} instances is refused, as "
            "a former primary could not be rewound; write 'on', or leave it out",
            ("parameters", "wal_log_hints"),
        )


@rule("spec", of=PostgresSpec)
def failover_slots_have_feedback(spec: PostgresSpec) -> Iterator[Fault]:
    """With pg_failover_slots, `hot_standby_feedback` is on.

    CloudNativePG loads the extension for a parameter of it, and refuses it without feedback
    (validatePgFailoverSlots).
    """
    used = [name for name in spec.parameters if name.startswith("pg_failover_slots.")]
    if used and value_of(spec.parameters, "hot_standby_feedback", "off") is not True:
        yield Fault(
            "needs hot_standby_feedback 'on', without which CloudNativePG refuses the extension; "
            "write hot_standby_feedback too, or leave it out",
            ("parameters", used[0]),
        )


@rule("spec", of=PostgresSpec)
def logical_slots_can_be_synchronized(spec: PostgresSpec) -> Iterator[Fault]:
    """Logical slots that survive a failover have a replica, and what keeps their copies there.

    Before 17 that is pg_failover_slots, which CloudNativePG loads for a parameter of it. From 17 on
    tier0 sets `hot_standby_feedback` and `sync_replication_slots`; CloudNativePG refuses them off
    (validateSynchronizeLogicalDecoding). Below wal_level 'logical' there are no logical slots.
    """
    if not spec.synchronize_logical_decoding:
        return
    place = ("synchronize_logical_decoding",)
    if spec.instances == 1:
        yield Fault(
            "1 instance has no replica that could keep a copy; write 2 instances, or leave it out",
            place,
        )
    if spec.major < SLOTS_SINCE and not has_failover_slots(spec):
        yield Fault(
            f"PostgreSQL {spec.major} has no such copies by itself; set parameter "
            "pg_failover_slots.synchronize_slot_names 'name_like:%', or use an image of "
            f"PostgreSQL {SLOTS_SINCE} or later",
            place,
        )
    for name in ("hot_standby_feedback", "sync_replication_slots"):
        needed = spec.major >= SLOTS_SINCE and not has_failover_slots(spec)
        if needed and value_of(spec.parameters, name, "on") is False:
            yield Fault(
                f"'{spec.parameters[name]}' leaves replicas without copies of logical slots, and "
                "CloudNativePG refuses it; leave it out",
                ("parameters", name),
            )
    if value_of(spec.parameters, "wal_level", "logical") != "logical":
        yield Fault(
            f"'{spec.parameters['wal_level']}' has no logical slots; write 'logical', or leave it "
            "out",
            ("parameters", "wal_level"),
        )


@rule("spec", of=PostgresSpec)
def replication_role_can_log_in(spec: PostgresSpec) -> Iterator[Fault]:
    """A role that streams changes can log in.

    A group does not hand on `REPLICATION` to its members (PostgreSQL, "Role Attributes").
    """
    for name, role in spec.roles.items():
        if role.replication and not role.logs_in:
            yield Fault(
                "a role that cannot log in streams nothing, and its members do not inherit it; "
                "write a password_secret or login, or leave it out",
                ("roles", name, "replication"),
            )
