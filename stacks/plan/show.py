"""Prints a plan, or differences, as tables of 80 columns."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import yaml
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from stacks.plan.archiver import ArchiverPlan
from stacks.plan.plan import EMPTY, DatabasePlan, Plan
from stacks.plan.site import SitePlan
from stacks.render.diff import FieldChange, ObjectChange
from stacks.report.proof import Objective

_PROOFS: Mapping[Objective, str] = {
    "restore_time": "restore time",
    "data_at_risk": "data at risk",
    "data_at_risk_offsite": "data at risk off-site",
}

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def show(plan: Plan, console: Console) -> None:
    """Print *plan* as tables."""
    fate = "disposable" if plan.disposable else "its data is protected and retained"
    console.print(
        f"[bold]{plan.environment}[/] in context {plan.context}: {fate}\n", highlight=False
    )
    for database in plan.databases:
        console.print(_facts(f"database {database.name}", _database_facts(database)))
    console.print(
        _facts(
            "certificates",
            {
                certificate.name: f"{certificate.lifetime_days} days"
                + (", root CA, key never changes" if certificate.is_ca else "")
                for certificate in plan.certificates
            },
        )
    )
    if plan.releases:
        console.print(_facts("operators, as Helm releases", plan.releases))
        console.print(_facts("versions of the operators", plan.operators))
    console.print(
        _facts(
            f"{sum(plan.objects.values())} objects",
            {kind: str(count) for kind, count in plan.objects.items()},
        )
    )
    console.print(_facts("holding data", dict.fromkeys(plan.holding_data, "protected")))
    for title, lines in (("waivers", plan.waivers), ("hints", plan.hints)):
        if lines:
            console.print(_lines(title, lines))


def show_differences(against: str, changes: Sequence[ObjectChange], console: Console) -> None:
    """Print the differences from *against*, by object; those that hold data are marked."""
    if not changes:
        console.print(f"no object differs from {against}", highlight=False)
        return
    counts = ", ".join(
        f"{sum(change.change == kind for change in changes)} {kind}" for kind in _SIGNS
    )
    console.print(f"against [bold]{against}[/]: {counts}\n", highlight=False)
    for change in changes:
        sign, style = _SIGNS[change.change]
        data = "  holds data" if change.holds_data else ""
        console.print(Text(f"{sign} {change.kind} {change.name}", style) + Text(data, "bold red"))
        for field in change.fields:
            console.print(_field(field))
        for style, sentences in (("bold red", change.impossible), ("yellow", change.consequences)):
            for sentence in sentences:
                console.print(_indented(Text(sentence, style)))


def _field(field: FieldChange) -> Table:
    lines = [Text(field.path, "cyan")]
    if field.before is not None:
        lines.append(Text(f"- {_value(field.before)}", "red"))
    if field.after is not None:
        lines.append(Text(f"+ {_value(field.after)}", "green"))
    return _indented(*lines)


def _indented(*lines: Text) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 4))
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(line)
    return table


def _value(value: Any) -> str:  # noqa: ANN401 - whatever YAML holds
    if not isinstance(value, Mapping | list):
        return str(value)
    return str(yaml.safe_dump(value, default_flow_style=True, width=10**6)).strip()


def _database_facts(database: DatabasePlan) -> dict[str, str]:
    times = [_minute(time) for time in database.next_backups]
    return {
        "cluster": f"{database.cluster}, {_instances(database)}",
        "host": database.host,
        "next base backups": "\n".join(times),
        **_snapshot_facts(database),
        "retention": f"{database.retention}, by the {database.backup_method} method",
        "recovery window": (
            f"once full, every moment from {_minute(database.recoverable_from)}\n"
            f"to {time_of(database.rpo_seconds)} ago"
        ),
        "archive": f"{database.archive}\nat {database.endpoint}",
        **_earlier(database),
        "archive's size": (
            f"at most {database.base_backups} base backups, {_size(database.base_backup_bytes)} "
            f"uncompressed;\nWAL of a quiet day {_size(database.wal_bytes_a_day)} uncompressed"
        ),
        "encryption at rest": database.encryption or "none by the object store",
        "guaranteed RPO": (
            f"{time_of(database.rpo_seconds)} = archive_timeout "
            f"{time_of(database.archive_timeout_seconds)} + upload "
            f"{time_of(database.upload_allowance_seconds)}"
        ),
        **_archiver_facts(database.archiver),
        "declared RTO": time_of(database.rto_seconds),
        **_offsite_facts(database),
        **_site_facts(database.site),
        **{_PROOFS[it.objective]: it.said for it in database.objectives},
    }


def _archiver_facts(archiver: ArchiverPlan) -> dict[str, str]:
    """Return how fast WAL is archived; nothing where that is unknown."""
    takes, most, rate = (
        archiver.segment_seconds,
        archiver.bytes_per_second,
        archiver.write_bytes_per_second,
    )
    if takes is None or most is None:
        return {}
    found = {
        "WAL is archived": (
            f"at {_rate(most)} or more: segments of {_size(archiver.segment_bytes)},\n"
            f"{takes:.1f} s each with {archiver.cores:g} CPU while the node is busy"
        )
    }
    if rate is None:
        return found
    loss = archiver.rpo_seconds
    under_load = (
        f"grows at {_rate(rate)}, as the archiver falls behind"
        if loss is None
        else f"{loss:.0f} s at {_rate(rate)}; above {_rate(most)} it grows with time"
    )
    return found | {"RPO under load": under_load}


def _earlier(database: DatabasePlan) -> dict[str, str]:
    """Return the generations, and the archives of those that are not active; of one its origin."""
    if not database.earlier_archives:
        origin = database.generations[0].origin
        return {"origin": origin} if origin != EMPTY else {}
    generations = [f"{it.number} {it.state}: {it.origin}" for it in database.generations]
    kept = "no retention applies to them; those of removed generations are pruned after it"
    return {
        "generations": "\n".join(generations),
        "earlier archives": "\n".join([*database.earlier_archives, kept]),
    }


def _instances(database: DatabasePlan) -> str:
    count = f"{database.instances} instance{'' if database.instances == 1 else 's'}"
    wal = f" and {database.wal_storage} for WAL" if database.wal_storage else ""
    waits = f",\nsynchronous {database.synchronous}" if database.synchronous else ""
    spaces = "".join(f",\n{size} for {name}" for name, size in database.tablespaces.items())
    return f"{count} of {database.storage}{wal}{spaces}{waits}"


def _snapshot_facts(database: DatabasePlan) -> dict[str, str]:
    if not database.next_snapshots:
        return {}
    return {
        "next snapshots": "\n".join(map(_minute, database.next_snapshots)),
        "snapshots": f"{database.snapshots_a_year} a year, and nothing deletes them",
    }


def _offsite_facts(database: DatabasePlan) -> dict[str, str]:
    if database.offsite_rpo_seconds is None:
        itself = "the archive itself: it outlives the cluster,\nnot its bucket, account or provider"
        return {"off-site copy": itself} if database.outlives_cluster else {}
    together = database.rpo_seconds + database.offsite_rpo_seconds
    return {
        "off-site copy": str(database.offsite).replace(" at ", "\nat "),
        "RPO off-site": (
            f"{time_of(together)} = {time_of(database.rpo_seconds)} + copy "
            f"{time_of(database.offsite_rpo_seconds)}"
        ),
    }


def _site_facts(site: SitePlan | None) -> dict[str, str]:
    """Return what the other site buys; nothing without one."""
    if site is None:
        return {}
    took = "not measured" if site.promotion_seconds is None else f"{site.promotion_seconds:.0f} s"
    found = {
        "this site": f"{site.role}; the other archives to\n"
        + site.archive.replace(" at ", "\nat "),
        "RTO by the other site": f"a promotion, which restores nothing ({took} in the lab)",
        "RPO by the other site": f"{time_of(site.rpo_seconds)}; none after a demotion",
    }
    if site.delay_seconds is None:
        return found
    past = f"rows as they were {time_of(site.delay_seconds)} ago; a promotion replays the rest"
    return found | {"time machine": past}


def _facts(title: str, facts: Mapping[str, str]) -> Group:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(style="cyan")
    table.add_column(overflow="fold")
    for key, value in facts.items():
        table.add_row(key, value)
    return Group(f"[bold]{title}[/]", table, "")


def _lines(title: str, lines: Sequence[str]) -> Group:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(Text(line))
    return Group(f"[bold]{title}[/]", table, "")


def _minute(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%a %Y-%m-%d %H:%M UTC")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:  # noqa: PLR2004 - of the next unit
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} TiB"


def _rate(count: int) -> str:
    return f"{count / 1e6:.3g} MB/s"


def time_of(count: int) -> str:
    """Return *count* seconds as hours, minutes and seconds, without zero parts."""
    hours, rest = divmod(int(timedelta(seconds=count).total_seconds()), 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
