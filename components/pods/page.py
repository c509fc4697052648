"""The evidence of a drill as one page of HTML, for people: on a screen, a phone or paper."""

from collections.abc import Iterator, Mapping, Sequence

from .evidence import RUNGS, Evidence, Proof, Verdict
from .figures import NOTHING, duration, found_value, moment
from .page_style import bar, block, document, icon, text, word

STORES: Mapping[str, str] = {"archive": "the archive", "offsite": "the off-site copy"}
"""How each store is called in a sentence."""

VERDICTS: Mapping[Verdict, str] = {
    "passed": "Passed",
    "missed": "Missed an objective",
    "failed": "Failed",
    "unverified": "Could not verify",
}
"""How each verdict is called in a heading."""

_RUNGS = {
    "started": "PostgreSQL started",
    "consistent": "this database, whole",
    "recent": "the newest commit is there",
    "yours": "your checks hold",
}
_OUTCOMES = {"proved": "passed", "refuted": "failed", "not run": "unverified"}


def page(evidence: Evidence) -> str:
    """Return the page of one drill."""
    what = f"{evidence.database} in {evidence.environment}, {evidence.depth} drill"
    title = f"{what}, {moment(evidence.begun)}: {VERDICTS[evidence.verdict].lower()}"
    body = [
        f'<header class="verdict {evidence.verdict}">',
        f'<p class="soft">{text(what)}</p>',
        f"<h1>{icon(evidence.verdict)}{text(VERDICTS[evidence.verdict])}</h1>",
        *story(evidence),
        "</header>",
        block("Objectives", objectives(evidence), "h2"),
        *parts(evidence, "h2", windows([evidence])),
        f"<footer>{text(evidence.id)}, {text(evidence.schema)}; all times are UTC.</footer>",
    ]
    return document(title, "\n".join(body))


def story(evidence: Evidence) -> Iterator[str]:
    """Yield what stands under the verdict: what was done, what it proved, why it ended so."""
    yield f"<p>{text(_did(evidence))}</p>"
    if evidence.reason:
        yield f'<p class="why">{text(evidence.reason)}</p>'
    proved = RUNGS.index(evidence.rung)
    rungs = [
        f'<li class="done">{icon("passed")} {rung}<br><span>{_RUNGS[rung]}</span></li>'
        if number <= proved
        else f"<li>{NOTHING} {rung}<br><span>not proved</span></li>"
        for number, rung in enumerate(RUNGS)
        if number
    ]
    yield f'<ol class="rungs" aria-label="What was proved">{"".join(rungs)}</ol>'
    if evidence.left_behind:
        yield f'<p class="why"><strong>Left behind:</strong> {text(evidence.left_behind)}</p>'


def _did(evidence: Evidence) -> str:
    store, when = STORES[evidence.store], moment(evidence.begun)
    if evidence.depth == "look":
        return f"Looked into {store} of generation {evidence.generation} on {when}."
    target = moment(evidence.target) if evidence.target else "the end of its WAL"
    done = f"Restored from {store} of generation {evidence.generation} to {target}"
    if evidence.restore_seconds is None:
        done = f"Was to be restored from {store} of generation {evidence.generation} to {target}"
    return f"{done}, on {when}."


def parts(evidence: Evidence, heading: str, window: str) -> Iterator[str]:
    """Yield the parts of a drill's page that follow its objectives.

    *heading* is `h2` or `h3`; *window* is what `windows` made.
    """
    if evidence.phases:
        yield block("Where the restore's time went", _phases(evidence), heading)
    yield block("What can be restored", window, heading)
    if evidence.proofs:
        yield block("Proofs", _proofs(evidence.proofs), heading)
    if evidence.rows:
        yield _rows(evidence.rows)
    facts = {"server name": evidence.server_name, "generation": evidence.generation}
    yield block("Versions and digests", _facts({**facts, **evidence.versions}), heading)
    left = text(evidence.left_behind or "Nothing: all that the drill made is removed.")
    yield block("Left behind", f"<p>{left}</p>", heading)


def objectives(evidence: Evidence) -> str:
    """Return the objectives against what was measured."""
    return (
        '<div class="pair">'
        + _objective("Restore time of one instance", evidence.restore_seconds, "RTO", evidence)
        + _objective("Data at risk", evidence.archived_seconds, "RPO", evidence)
        + "</div>"
    )


def _objective(title: str, found: float | None, name: str, evidence: Evidence) -> str:
    most = evidence.rto_seconds if name == "RTO" else evidence.rpo_seconds
    head = f"<div><h3>{title}</h3>"
    if found is None:
        said = f"{word('unverified', 'not measured')}; the {name} is {duration(most)}"
        return f'{head}<p class="figure soft">{NOTHING}</p>{bar(0)}<p>{said}</p></div>'
    kept = "passed" if found <= most else "missed"
    said = word(kept, "kept" if found <= most else f"missed by {duration(found - most)}")
    if evidence.verdict in {"failed", "unverified"}:
        kept, said = "unverified", word("unverified", "the data is not proved")
    share = found / max(most, 1)
    return (
        f'{head}<p class="figure">{duration(found)}</p>{bar(share, kept)}'
        f"<p>{said}: {100 * share:.0f} % of the {name}, {duration(most)}</p></div>"
    )


def _phases(evidence: Evidence) -> str:
    longest = max(it.seconds for it in evidence.phases) or 1.0
    lines = [
        f"<dt>{text(it.name)}</dt><dd>{bar(it.seconds / longest)}</dd>"
        f'<dd class="right">{duration(it.seconds)}</dd>'
        for it in evidence.phases
    ]
    bound = f'<p class="soft small after">Bounded by {text(evidence.bounded_by)}.</p>'
    return f'<dl class="bars">{"".join(lines)}</dl>{bound if evidence.bounded_by else ""}'


def windows(found: Sequence[Evidence]) -> str:
    """Return the window of each store; of several evidence of one the last counts."""
    facts = {
        STORES[it.store]: f"{moment(it.earliest)} to {moment(it.latest)}"
        if it.earliest and it.latest
        else "no moment is known to be restorable"
        for it in found
    }
    return _facts(facts)


def _proofs(proofs: Sequence[Proof]) -> str:
    lines = []
    for it in proofs:
        why = f'<br><span class="small">{text(it.reason)}</span>' if it.reason else ""
        lines.append(
            f'<tr><th scope="row">{text(it.name)}{why}</th>'
            f"<td>{word(_OUTCOMES[it.outcome], it.outcome)}</td>"
            f'<td data-of="found">{text(found_value(it.value))}</td>'
            f'<td data-of="compared with">{text(found_value(it.baseline))}</td>'
            f'<td data-of="rung" class="short">{text(it.rung)}</td></tr>'
        )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Proof", "Outcome", "Found", "Compared with", "Rung")
    )
    rows = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<table class="cards">{rows}</table>'


def _rows(rows: Mapping[str, int]) -> str:
    lines = "".join(
        f'<tr><th scope="row">{text(table)}</th><td class="number">{count:,}</td></tr>'
        for table, count in sorted(rows.items())
    )
    tables = f"{len(rows)} table{'' if len(rows) == 1 else 's'}, {sum(rows.values()):,} rows"
    return (
        f'<details class="block"><summary>{tables}</summary><table><thead><tr><th scope="col">Table'
        f'</th><th scope="col" class="number">Rows</th></tr></thead><tbody>{lines}</tbody></table>'
        "</details>"
    )


def _facts(facts: Mapping[str, object]) -> str:
    lines = [f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in facts.items()]
    return f'<dl class="facts">{"".join(lines)}</dl>'
