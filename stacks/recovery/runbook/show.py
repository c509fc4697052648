"""Writes a runbook as Markdown."""

from collections.abc import Iterable, Iterator

from stacks.recovery.runbook.page import DatabasePage, Kept, Runbook, Scenario, Step
from stacks.recovery.runbook.shell import PROGRAM

_KEPT = "What is kept outside of the cluster"

_NEVER = """\
- Never delete a Cluster, a PersistentVolumeClaim, a bucket, a Backup or a namespace unless a step
  says so. Never run `pulumi destroy`.
- A new, empty database that runs is not a recovery. If one appears, stop it: it must not archive.
- A restore never writes over what it restores from. Time that you take for a check loses nothing.
- Two people do not restore the same database. Say who types.
- Lines are for bash. A variable that a step sets, like T, must be set in the same shell.
"""


def markdown(runbook: Runbook) -> str:
    """Return *runbook* as a page."""
    head = f"""\
# Runbook: {runbook.environment}

For the night it burns. Made by `{PROGRAM} runbook {runbook.environment}` on {runbook.date}, for the
cluster of context `{runbook.context}`. Keep it where it can be read when the cluster and Git are
gone, and make it again after each change.

Each step says what to run, what is seen when it worked (*Check*), and when to stop and ask
(*Stop*). A time in brackets is what the step took in the lab on {runbook.measured}, with a small
database.

{_NEVER}"""
    lines = [
        head,
        " · ".join(_contents(runbook)),
        "",
        *_scenario(runbook.first, "##"),
        "## Decide",
        "",
        *(line for it in runbook.decisions for line in _table(it.question, "then", it.answers)),
        *(line for it in runbook.databases for line in _database(it)),
        *_scenario(runbook.cluster, "##"),
        *_kept(runbook.kept),
    ]
    return "\n".join(lines)


def _contents(runbook: Runbook) -> Iterator[str]:
    """Yield a link to each chapter, by the anchor that Markdown makes of its title."""
    databases = (f"Database {it.name}" for it in runbook.databases)
    for title in ("First", "Decide", *databases, runbook.cluster.title, _KEPT):
        yield f"[{title}](#{title.lower().replace(' ', '-')})"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _table(left: str, right: str, rows: dict[str, str]) -> Iterator[str]:
    yield f"| {left} | {right} |"
    yield "|---|---|"
    yield from (f"| {_cell(one)} | {_cell(other)} |" for one, other in rows.items())
    yield ""


def _database(page: DatabasePage) -> Iterator[str]:
    yield f"## Database {page.name}"
    yield ""
    yield from _table("what", "here", page.facts)
    for scenario in page.scenarios:
        yield from _scenario(scenario, "###", f"{page.name}: ")


def _scenario(scenario: Scenario, level: str, prefix: str = "") -> Iterator[str]:
    title = scenario.title[:1].lower() + scenario.title[1:] if prefix else scenario.title
    yield f"{level} {prefix}{title}"
    yield ""
    yield scenario.when
    yield ""
    for number, step in enumerate(scenario.steps, 1):
        yield from _step(number, step)


def _step(number: int, step: Step) -> Iterator[str]:
    head, indent = f"{number}. ", " " * len(f"{number}. ")
    took = f" ({step.seconds:.0f} s)" if step.seconds is not None else ""
    yield f"{head}{step.do}{took}"
    yield ""
    if step.run:
        yield from _indented(indent, ("```sh", *step.run, "```", ""))
    if step.check:
        yield from _indented(indent, (f"*Check:* {step.check}", ""))
    if step.stop:
        yield from _indented(indent, (f"*Stop:* {step.stop}", ""))


def _indented(indent: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"{indent}{line}" if line else "" for line in lines)


def _kept(things: Iterable[Kept]) -> Iterator[str]:
    yield f"## {_KEPT}"
    yield ""
    yield "| what | where | last seen | without it | how |"
    yield "|---|---|---|---|---|"
    for it in things:
        place = it.place or f"**unknown**: the environment does not say (`kept.{it.name}`)"
        seen = f"{it.seen}, **more than a year ago**" if it.old else it.seen or "never"
        cells = (it.what, place, seen, it.without, it.page)
        yield f"| {' | '.join(map(_cell, cells))} |"
    yield ""
