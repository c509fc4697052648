"""Rules that CloudNativePG's webhook has (cluster_webhook.go, 1.30), judged before it is asked.

docs/webhooks.md lists all that it judges, with the rule that says the same.
"""

import re
from collections.abc import Iterator

from components.postgres.parameters import parameter_bytes, plain_size, value_of
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule

_OLDEST = 13
_COMPARED = ("shared_buffers", "min_wal_size", "max_wal_size")


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
    for name in _COMPARED:
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
