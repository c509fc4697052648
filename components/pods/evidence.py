"""The evidence of a drill: what was restored, what that proved, and how long it took.

It is one JSON object. A later version may add fields; those of `SCHEMA` keep their names, types and
meanings, and a reader passes over what it does not know. No field can hold a row of the database:
a proof has a sentence, a number or true or false.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from math import isfinite
from typing import Any, Literal, get_args

SCHEMA = "tier0.drill/1"

Depth = Literal["look", "restore", "deep"]
"""`look`: the archive's listing only; `restore`: a restore; `deep`: every page is read too."""

Verdict = Literal["passed", "missed", "failed", "unverified"]
"""`missed`: restored, and an objective was not kept; `failed`: the archive did not give the data;
`unverified`: nothing is known of the archive, as the drill had no room or no access, or was
killed."""

Rung = Literal["none", "started", "consistent", "recent", "yours"]
"""What was proved, each with all before it: PostgreSQL started; it is this database, whole, on the
expected timeline; the newest nonce is there; the declared checks hold."""

RUNGS: tuple[Rung, ...] = get_args(Rung)

STATUS: Mapping[Verdict, int] = {"passed": 0, "missed": 3, "failed": 4, "unverified": 5}
"""The exit status of a drill, by its verdict."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A part of the restore."""

    name: str
    """`schedule`, `volume`, `base backup`, `replay`, `ready` or `first query`."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One question, and what was found."""

    name: str
    rung: Rung
    """The rung that needs it."""

    outcome: Literal["proved", "refuted", "not run"]
    value: str | float | bool | None = None
    """What was found."""

    baseline: str | float | bool | None = None
    """What it was compared with: the objective, or the last good drill's value."""

    reason: str = ""
    """`fault; fix` of one that was refuted, or why it was not run."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One drill of one database; times are ISO 8601 in UTC."""

    id: str
    """`<database>-<depth>-<begin>`, as 20261130T032300Z."""

    environment: str
    database: str
    """Its role in the environment."""

    depth: Depth
    store: Literal["archive", "offsite"]
    generation: int
    server_name: str
    begun: str
    ended: str
    verdict: Verdict
    rung: Rung
    reason: str = ""
    """`place: fault; fix` of the first that decided the verdict; empty if it passed."""

    bounded_by: str = ""
    """The phase that took longest, with its share, in words."""

    target: str | None = None
    """The moment that it was restored to; None: the end of the archive."""

    rpo_seconds: int
    rto_seconds: int
    """The declared objectives; of the copy its own RPO and the database's together."""

    restore_seconds: float | None = None
    """From the creation of the scratch Cluster to its first query: the restore time of one
    instance, not the time until an application is back."""

    archived_seconds: float | None = None
    """From the nonce's commit until the archive, or the copy, had it: the data at risk."""

    earliest: str | None = None
    latest: str | None = None
    """The window that the archive's listing gives."""

    phases: tuple[Phase, ...] = ()
    proofs: tuple[Proof, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """The number of rows by table, `database.schema.table`."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """`postgres`, `image`, `backup`, `first_wal`, `last_wal`, `program`, `spec`."""

    left_behind: str = ""
    """What the drill made and could not remove; empty if nothing is left."""

    dry: bool = False
    """Whether it only asked what a drill needs, and restored nothing: it proves nothing."""

    schema: str = SCHEMA

    @property
    def origin(self) -> tuple[str, str, int, str]:
        """Whose archive it is of: only evidence of the same one is compared."""
        return self.environment, self.database, self.generation, self.server_name

    @property
    def json(self) -> dict[str, Any]:
        """It, as JSON."""
        return asdict(self)


def read(found: object) -> Evidence:
    """Return the evidence in a JSON object; raise ValueError, a clause, if it is none.

    What a reader computes with is checked: anybody may have written the file.
    """
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        schema = found.get("schema") if isinstance(found, dict) else None
        raise ValueError(f"its schema is {schema}, not {SCHEMA}")
    known = {it.name for it in fields(Evidence)}
    given = {name: value for name, value in found.items() if name in known}
    try:
        given["phases"] = tuple(Phase(**_known(Phase, it)) for it in found.get("phases", ()))
        given["proofs"] = tuple(Proof(**_known(Proof, it)) for it in found.get("proofs", ()))
        made = Evidence(**given)
        wrong = [*_wrong(made)]
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"it is no evidence ({error})") from None
    if wrong:
        raise ValueError(f"it is no evidence ({', '.join(wrong)})")
    return made


def _known(kind: type, found: Mapping[str, Any]) -> dict[str, Any]:
    names = {it.name for it in fields(kind)}
    return {name: value for name, value in found.items() if name in names}


def _wrong(made: Evidence) -> Iterator[str]:
    """Yield the fields whose value is none of theirs; raise ValueError for what is no moment."""
    for name, values in (
        ("depth", get_args(Depth)),
        ("store", ("archive", "offsite")),
        ("verdict", tuple(STATUS)),
        ("rung", RUNGS),
    ):
        if getattr(made, name) not in values:
            yield name
    for said in (made.begun, made.ended):
        if datetime.fromisoformat(said).tzinfo is None:
            yield f"{said} has no time zone"
    numbers: list[object] = [made.restore_seconds, made.archived_seconds, *made.rows.values()]
    numbers += [made.rpo_seconds, made.rto_seconds, *(it.seconds for it in made.phases)]
    found = (value for it in made.proofs for value in (it.value, it.baseline))
    numbers += (it for it in found if not isinstance(it, str))
    if not all(it is None or (isinstance(it, int | float) and isfinite(it)) for it in numbers):
        yield "a number"
    if any(it.outcome not in {"proved", "refuted", "not run"} for it in made.proofs):
        yield "outcome"
    texts = [made.id, made.environment, made.database, made.server_name, made.reason]
    texts += [made.bounded_by, made.left_behind, *made.versions.values()]
    texts += [text for it in made.proofs for text in (it.name, it.rung, it.reason)]
    texts += [*(it.name for it in made.phases)]
    texts += [it for it in (made.target, made.earliest, made.latest) if it is not None]
    if not all(isinstance(it, str) for it in texts):
        yield "a text"
