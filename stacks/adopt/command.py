"""`python -m stacks adopt` as it runs: read, write once, and say the rest."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacks.adopt.adopt import Adopted, adopt
from stacks.adopt.document import Document, Note
from stacks.adopt.reading import asked
from stacks.check import judged
from stacks.command import Fault

if TYPE_CHECKING:
    from pathlib import Path

_HEADINGS = {
    "kept out": "Cannot be said, and is kept out:",
    "changed": "Changes with `pulumi up`:",
    "fill in": "To be filled in by you:",
}


def run(arguments: Namespace) -> int:
    """Adopt; print the module, or write it to a file that must not exist."""
    out: Path | None = arguments.out
    if out and out.exists():
        raise Fault(str(out), "exists, and is not written over", "choose another file")
    if arguments.context and arguments.set:
        raise Fault("--set", "is for manifests, and what a cluster has is whole", "leave it out")
    now = datetime.now(UTC).date()
    if arguments.context:
        from stacks.adopt.live import live  # noqa: PLC0415 - only this needs a cluster's client

        found, where = live(arguments.context, arguments.namespace or ""), arguments.context
    else:
        where = str(arguments.path)
        found = asked(arguments.path, arguments.namespace or "", arguments.set)
    made = adopt(found, where=where, context=arguments.context, today=now)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8") as sink:
            sink.write(made.text)
    if arguments.diff:
        _show(found.documents, made, where)
    elif not out:
        sys.stdout.write(made.text)
    for line in report(made):
        sys.stderr.write(f"{line}\n")
    return 0


def _show(documents: Sequence[Document], made: Adopted, where: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - only this shows a table

    from stacks.adopt.differ import changed  # noqa: PLC0415
    from stacks.plan.show import show_differences  # noqa: PLC0415

    show_differences(where, changed(documents, judged(made.environment)), Console())


def report(made: Adopted) -> Iterable[str]:
    """Yield the lines of the report."""
    for verdict, heading in _HEADINGS.items():
        notes = list(dict.fromkeys(str(it) for it in made.notes if it.verdict == verdict))
        if notes:
            yield heading
            yield from notes
    if made.ignored or made.without:
        yield "Not read:"
        yield from made.ignored
    if made.without:
        yield f"{_counted(made.without, 'file')} without objects of CloudNativePG"
    yield summary(made.notes, made)


def summary(notes: Iterable[Note], made: Adopted) -> str:
    """Return the last line: how much there is of each."""
    counted = dict.fromkeys(_HEADINGS, 0)
    for note in notes:
        counted[note.verdict] += 1
    return (
        f"{_counted(len(made.environment.databases), 'database')}; {counted['kept out']} kept out, "
        f"{counted['changed']} changed, {counted['fill in']} to fill in"
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
