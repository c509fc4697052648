"""What makes a copy off-site."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from components import cron
from components.rule import Fault, rule
from components.words import retention_days

if TYPE_CHECKING:
    from stacks.environment import EnvironmentSpec


@rule("T603", "environment")
def offsite_is_elsewhere(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site is no store that goes down with this cluster."""
    offsite = environment.offsite
    if offsite is None:
        return
    inside = offsite.host == environment.object_store.host or offsite.host.endswith(
        (".svc", ".svc.cluster.local", "localhost")
    )
    if inside or "." not in offsite.host:
        yield Fault(
            f"'{offsite.endpoint}' is a service of this cluster and is lost with it; "
            "write the address of a store elsewhere",
            ("offsite", "endpoint"),
        )


@rule("T604", "environment")
def offsite_is_locked_as_long_as_needed(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site copies are locked for as long as their archives may need them.

    The archive keeps the retention and one schedule interval more: recovery to its begin starts
    from the base backup before it. (Its path is the archive's own, so that T301 holds for it too.)
    """
    offsite = environment.offsite
    if offsite is None:
        return
    for name, database in environment.databases.items():
        backup = database.backup
        gap = -(-cron.longest_gap(backup.schedule) // timedelta(days=1))
        least = retention_days(backup.retention) + gap
        if retention_days(offsite.lock) < least:
            yield Fault(
                f"'{offsite.lock}' is less than databases.{name} keeps (retention "
                f"'{backup.retention}' and one interval of '{backup.schedule}'); "
                f"write at least '{least}d'",
                ("offsite", "lock"),
            )


@rule("T605", "environment")
def offsite_keys_are_others(environment: "EnvironmentSpec") -> Iterator[Fault]:
    """Off-site keys are not the archive's, which may delete."""
    offsite = environment.offsite
    if offsite is None:
        return
    for name, database in environment.databases.items():
        if database.backup.bucket.secret_name == offsite.secret:
            yield Fault(
                f"'{offsite.secret}' has the keys of databases.{name}'s archive, which may delete; "
                "write another Secret, with keys that may not",
                ("offsite", "secret"),
            )
