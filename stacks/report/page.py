"""The drills of an environment as one page of HTML, the worst database first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from components.pods.figures import NOTHING, moment
from components.pods.page import STORES, VERDICTS, objectives, parts, story, windows
from components.pods.page_style import block, document, icon, text, word
from stacks.report.marks import counted, strip
from stacks.report.record import DEPTHS
from stacks.report.show import age, of
from stacks.report.standing import LOOKS, ORDER, Standing, Word

_SAID = {
    "failed": "Failed",
    "unverified": "Could not verify",
    "never": "Never proved",
    "stale": "Stale",
    "missed": "Missed an objective",
    "fresh": "Fresh",
}

_FOOTER = (
    "<footer>Fresh: the last restore proved the data, and the next one is not late. Stale: it is. "
    "Restore time is that of one instance from its creation to its first query, not the time "
    "until an application is back. All times are UTC.</footer>"
)


def page(environment: str, found: Sequence[Standing], faults: Sequence[str], now: datetime) -> str:
    """Return the page; *found* has the worst first, *faults* what could not be read at all."""
    when = moment(now.isoformat())
    counts = Counter(it.word for it in found)
    word_of_all: Word = found[0].word if found else "never"
    if faults and LOOKS[word_of_all] in {"passed", "missed"}:
        word_of_all = "unverified"
    said, what = _SAID[word_of_all], f"Drills of {environment}"
    if len(found) == 1:
        what = f"Drills of {found[0].database} in {environment}"
    many = f", {counts[word_of_all]} of {len(found)} databases" if len(found) > 1 else ""
    body = [
        f'<header class="verdict {LOOKS[word_of_all]}">',
        f'<p class="soft">{text(what)}, {when}</p>',
        f"<h1>{icon(LOOKS[word_of_all])}{text(said)}</h1>",
        *(f'<p class="why">{text(it)}</p>' for it in faults),
        *([_tally(counts)] if len(found) != 1 else _verdict(found[0], now)),
        "</header>",
        block("Databases", _summary(found, now), "h2") if len(found) > 1 else "",
        *(line for it in found for line in _database(it, now, alone=len(found) == 1)),
        _FOOTER,
    ]
    return document(f"{what}, {when}: {said.lower()}{many}", "\n".join(body))


def _tally(counts: Counter[Word]) -> str:
    words = [f"{counts[it]} {_SAID[it].lower()}" for it in ORDER if counts[it]]
    return f"<p>{', '.join(words) or 'No database has drills.'}</p>"


def _summary(found: Sequence[Standing], now: datetime) -> str:
    lines = []
    for it in found:
        shown = it.shown
        figures = (NOTHING, NOTHING)
        if shown:
            figures = (
                of(shown.restore_seconds, shown.rto_seconds),
                of(shown.archived_seconds, shown.rpo_seconds),
            )
        lines.append(
            f'<tr><th scope="row"><a href="#{text(it.database)}">{text(it.database)}</a></th>'
            f"<td>{word(LOOKS[it.word], _SAID[it.word])}</td>"
            f'<td data-of="restore time">{text(figures[0])}</td>'
            f'<td data-of="data at risk">{text(figures[1])}</td>'
            f'<td data-of="last good">{text(age(it, now))}</td></tr>'
        )
    names = ("Database", "Drills", "Restore time", "Data at risk", "Last good")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<table class="cards">{body}</table>'


def _database(it: Standing, now: datetime, *, alone: bool) -> Iterator[str]:
    """Yield the section of a database; *alone*: the page's header has its verdict."""
    heading = "h2" if alone else "h3"
    if not alone:
        look = LOOKS[it.word]
        yield f'<section class="one" id="{text(it.database)}"><div class="verdict {look}">'
        yield f"<h2>{icon(look)} {text(it.database)}: {text(_SAID[it.word].lower())}</h2>"
        yield from _verdict(it, now)
        yield "</div>"
    if it.shown:
        yield block("Objectives", objectives(it.shown), heading)
    yield block("Last runs", _runs(it), heading)
    if it.shown:
        rest = "".join(parts(it.shown, heading, _windows(it)))
        drill = f"<details><summary>{text(it.shown.id)}</summary>{rest}</details>"
        yield rest if alone else drill
    if not alone:
        yield "</section>"


def _verdict(it: Standing, now: datetime) -> Iterator[str]:
    """Yield why it stands so, what its last drill did, and what proves it until when."""
    if it.why and not (it.shown and it.why == it.shown.reason):
        yield f'<p class="why">{text(it.why)}</p>'
    if it.shown:
        yield from story(it.shown)
    yield f'<p class="soft small after">{text(_last_good(it, now))}</p>'


def _last_good(it: Standing, now: datetime) -> str:
    if it.proven is None or it.late is None:
        return "No restore has proved anything yet."
    counts = "counted" if now > it.late else "counts"
    return (
        f"The last restore that gave the data ended {age(it, now)}, from "
        f"{STORES[it.proven.store]}, and {counts} as proof until {moment(it.late.isoformat())} "
        f"({it.proven.id})."
    )


def _windows(it: Standing) -> str:
    """Return the window of each store, from the newest evidence that knows it."""
    known = [one for one in it.record.known if one.earliest or one is it.shown]
    return windows(sorted(known, key=lambda one: one.store))


def _runs(it: Standing) -> str:
    lines = []
    for depth in reversed(DEPTHS):
        runs = [run for run in it.record.runs if run.depth == depth]
        last = it.record.last.get(depth)
        said = f"last {moment(last.begun)}: {VERDICTS[last.verdict].lower()}; " if last else ""
        below = "below" if runs else ""
        words = f'<p class="soft small {below}">{text(f"{said}{counted(runs)}")}</p>'
        marks = strip(runs) if runs else ""
        lines.append(f'<div class="strip"><span>{depth}</span>{marks}{words}</div>')
    running = it.record.running and f'<p class="after">{text(it.record.running)} runs now.</p>'
    return "".join(lines) + running
