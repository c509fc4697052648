"""Random environments, made of the specs themselves: a new field comes in by itself.

A *draft* is what somebody wrote, right or wrong. Its values are those of `WORDS` and `NUMBERS` that
the field's own type takes, so a field of a new kind asks for a word only.
"""

import copy
import os
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError

from components.postgres import pgbouncer
from components.postgres import settings as parameters
from components.postgres.parameters import parameter_is_not_managed
from components.spec import Spec, drafting
from components.spec.rule import RULES
from stacks.check.partly import annotation_of
from stacks.check.sentences import specs_of
from stacks.environment import EnvironmentSpec
from tests.support import faults
from tests.valid import promotion_token

WORDS = (
    # Names, also those that are taken, and as long as one may be.
    *("n8n", "orders", "shop", "app", "rook-ceph", "cert-manager", "monitoring", "default", "0"),
    *("objectstore", "argocd", "ceph-block", "s" * 38, "c" * 46, "n" * 63, "node.example.org"),
    *(
        "app_user",
        "home-assistant",
        "user",
        "Ä b",
        "postgres",
        "_x",
        "AWS_ACCESS_KEY_ID",
        "tls.crt",
        "main",
        "us-east-1",
    ),
    # Sizes, times, days.
    *("1Gi", "10Gi", "500Gi", "2Ti", "500m", "59s", "90s", "2m", "15m", "61m", "1h", "8760h"),
    *("1d", "7d", "30d", "12w", "13m", "90d", "900d", "99999999999d", "2999-12-31", "2001-01-01"),
    *("300kB/s", "5MB/s", "50MB/s", "9GB/s"),
    *("0 2 * * *", "*/15 * * * *", "0 */6 * * *", "30 4 * * 0", "0 0 1 * *", "0 0 29 2 *"),
    # Moments and base backups.
    *("2024-02-29T10:00:00Z", "2024-02-29T10:00:00.5+02:00", "2999-01-01T00:00:00Z"),
    *("20240229T100000", "20240301T020000"),
    *("app_v5", "orders-g2"),
    *("TZ", "LC_ALL"),
    # Places.
    *("https://s3.example.org", "https://s3.example.org:9000", "https://bao.kms.svc:8200"),
    *(
        "10.0.0.2",
        "10.0.0.0/8",
        "fd00::/8",
        "10.0.0.3",
        "10.0.0.4",
        "fd00::1",
        "/srv/tofu",
        "clusters/prod",
        "rendered/here",
        "sdb",
        "^sd[b-z]$",
    ),
    *("https://git.example.org/home/lab.git", "git@git.example.org:home/lab.git"),
    # Libraries, and folders of images.
    *("pg_prewarm", "pg_stat_statements", "vchord.so", "system"),
    # Schemas and SQL.
    *("reports", "create schema sales", "create table t (id int)"),
    # Lines of pg_hba.conf.
    *("hostssl all app 10.0.0.0/8 scram-sha-256", "host all all all reject"),
    *("host app, reports +readers .example.org trust", "hostnossl all all fd00::/8 password"),
    # Images and sentences.
    "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
    "ghcr.io/cloudnative-pg/postgresql:18.4-minimal-trixie",
    "ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie",
    "somebody tries it out until the new disks are there",
    # Objects.
    *("Namespace shop", "Cluster shop/orders", "ScheduledBackup shop/orders-backup"),
    promotion_token(),
)
"""Texts of every kind that a field takes; the names of rules are among them."""

SWITCHES = ("on", "off", "OFF", "True", "f", "y", "no", "1", "0")
AMOUNTS = (
    *("0", "1", "-1", "2", "10", "100", "4096", "1000000", "0.5", "010", "0x10", "1e3", " 8 "),
    *("64kB", "8MB", "100 MB", "256MB", " 1GB", "1GB ", "1.5GB", "0x10MB", "1e3MB", "020MB", "2TB"),
    *("500ms", "10s", "5min", "1h", "1d"),
)
TEXTS = ("", "a", "it's", "Europe/Berlin", "pg_catalog, public", "name_like:%", "64Mi", "10m", "é")
"""What a PostgreSQL parameter may be said to be: some of it PostgreSQL reads, some the operator."""

COMPARED = (
    *("shared_buffers", "min_wal_size", "max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"),
    *("wal_level", "wal_log_hints", "hot_standby_feedback", "sync_replication_slots"),
    *("max_wal_senders", "max_connections", "synchronous_commit", "fsync", "huge_pages"),
)
"""Parameters of which tier0 or CloudNativePG judges more than the value."""

EXTENSIONS = (
    *("pg_failover_slots.drop_extra_slots", "pg_stat_statements.max", "auto_explain.log_analyze"),
    *("pgaudit.log", "cron.database_name", "plpgsql.check_asserts"),
)
NINES = "9" * 5000
"""More digits than Python makes a number of without being asked to."""

NUMBERS = (1, 2, 3, 4, 5, 7, 9, 16, 100, 443, 5432, 6443, 65535)

settings.register_profile(
    "check",
    derandomize=True,
    database=None,
    max_examples=25,
    deadline=timedelta(seconds=30),
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", settings.get_profile("check"), derandomize=False, max_examples=5000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))
few = settings(max_examples=min(settings().max_examples // 4, 300))
"""For a test whose examples take long."""

_NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,9}[a-z0-9])?", fullmatch=True)
_MOST = 4
"""How many items a list has at most, and how many databases an environment."""

_STRICT = ConfigDict(strict=True)


@dataclass
class Draft:
    """A spec as somebody wrote it: its class, and what is said of its fields."""

    spec: type[Spec]
    fields: dict[str, Any]

    def __repr__(self) -> str:
        """Return it as an environment's module would have it."""
        said = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{self.spec.__name__}({said})"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 - Hypothesis's
        printer.text(repr(self))

    def written(self) -> Any:
        """Return the spec, which nobody has validated."""
        with drafting():
            return _written(self)


def _written(value: Any) -> Any:
    if isinstance(value, Draft):
        return value.spec(**{name: _written(given) for name, given in value.fields.items()})
    if isinstance(value, dict):
        return {key: _written(given) for key, given in value.items()}
    if isinstance(value, list):
        return [_written(given) for given in value]
    return value


@cache
def drafts(spec: type[Spec] = EnvironmentSpec, *, faulty: bool = False) -> st.SearchStrategy[Draft]:
    """Return drafts of *spec*, each value one that its field takes; *faulty*: most of the values.

    What its fields together are is anything, so even the others break rules.
    """
    fields = {
        name: (field, _values(annotation_of(field), f"{spec.__name__}.{name}", faulty=faulty))
        for name, field in spec.model_fields.items()
    }

    @st.composite
    def drawn(draw: st.DrawFn) -> Draft:
        given: dict[str, Any] = {}
        for name, (field, values) in fields.items():
            if not field.is_required() and draw(st.booleans()):
                continue
            amiss = draw(_AMISS) if faulty else None
            if amiss != "missing":
                given[name] = draw(_nonsense() if amiss else values)
        if faulty and draw(_AMISS):
            given[draw(st.sampled_from(["instnaces", "schedul", "password", "self", ""]))] = 1
        return Draft(spec, given)

    return drawn()


_AMISS = st.sampled_from([None] * 14 + ["missing", "nonsense"])


@cache
def _nonsense() -> st.SearchStrategy[Any]:
    """Return what no field means, or means otherwise."""
    plain = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.binary(max_size=9)
        | st.text(max_size=20)
        | st.sampled_from([*WORDS, *(NINES + unit for unit in ("d", "Gi", "m", "", "min"))])
        | st.sampled_from([10**4000, -(10**4000), "0 2 30 2 *", "0 0 29 2 0,1"])
    )
    others = st.sampled_from([Draft(spec, {}) for spec in specs_in(EnvironmentSpec)])
    return plain | others | st.lists(plain, max_size=2) | st.dictionaries(st.text(), plain)


@cache
def specs_in(spec: type[Spec]) -> Sequence[type[Spec]]:
    """Return *spec* and each that is part of it."""
    found = [spec]
    for field in spec.model_fields.values():
        for part in specs_of(field.annotation):
            found += [one for one in specs_in(part) if one not in found]
    return found


def _values(annotation: Any, place: str, *, faulty: bool) -> st.SearchStrategy[Any]:
    """Return what a field at *place* of the given type takes."""
    bare = annotation
    while get_origin(bare) is Annotated:
        bare = get_args(bare)[0]
    if isinstance(bare, type) and issubclass(bare, Spec):
        return drafts(bare, faulty=faulty)
    origin, arguments = get_origin(bare), get_args(bare)
    if place in _PARAMETERS:
        return _PARAMETERS[place](faulty=faulty)
    if origin in {Union, types.UnionType} and any(specs_of(bare)):
        arms = [it for it in arguments if it is not types.NoneType]  # none is to leave it out
        return st.one_of(*(_values(arm, place, faulty=faulty) for arm in arms))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = (_values(it, place, faulty=faulty) for it in arguments)
        return st.dictionaries(key, value, min_size=0 if faulty else 1, max_size=_MOST)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        items = _values(arguments[0], place, faulty=faulty)
        return st.lists(items, max_size=_MOST, unique_by=repr)
    return _leaves(annotation, place)


def postgres_parameters(*, faulty: bool = False) -> st.SearchStrategy[dict[str, str]]:
    """Return parameters of PostgreSQL; unless *faulty*, none that is managed or unreadable."""
    known = parameters.settings(parameters.MAJORS[-1])
    values = (*SWITCHES, *AMOUNTS, *TEXTS)
    pairs = {name: list(values) for name in EXTENSIONS}
    for name, setting in known.items():
        words = [spelt for word in setting.words for spelt in (word, word.upper())]
        read = [value for value in dict.fromkeys((*words, *values)) if _reads(setting, value)]
        if faulty or (read and not setting.fixed and not _is_managed(name)):
            pairs[name] = [*words, *values] if faulty else read
    names = st.sampled_from([*pairs, *("work_memory", "Port", "a.b.c")] if faulty else [*pairs])
    judged = st.sampled_from([name for name in (*COMPARED, *EXTENSIONS) if name in pairs])
    return st.lists(names | judged, unique=True, max_size=2 * _MOST).flatmap(
        lambda drawn: st.fixed_dictionaries(
            {name: st.sampled_from(pairs.get(name, list(values))) for name in drawn}
        )
    )


def pooler_parameters(*, faulty: bool = False) -> st.SearchStrategy[dict[str, str]]:
    """Return parameters of PgBouncer; unless *faulty*, none that it does not read."""
    names = sorted(pgbouncer.SECONDS | pgbouncer.COUNTS)
    read = {name: ["0", "1", "30", "3600"] for name in names}
    read |= {name: ["0", "1"] for name in sorted(pgbouncer.SWITCHES)}
    read |= {name: ["search_path, options", "a.b"] for name in sorted(pgbouncer.LISTS)}
    read |= {name: ["", "select 1"] for name in sorted(pgbouncer.QUERIES)}
    if faulty:
        wrong = [*TEXTS, *AMOUNTS, "on"]
        read = {name: [*values, *wrong] for name, values in read.items()}
        read |= dict.fromkeys(("auth_type", "max_client_conn", "Verbose", "port"), wrong)
    return st.lists(st.sampled_from([*read]), unique=True, max_size=_MOST).flatmap(
        lambda drawn: st.fixed_dictionaries({name: st.sampled_from(read[name]) for name in drawn})
    )


_PARAMETERS = {
    "PostgresSpec.parameters": postgres_parameters,
    "PoolerSpec.parameters": pooler_parameters,
}
"""What fields take whose values another program reads."""


def _reads(setting: parameters.Setting, value: str) -> bool:
    try:
        setting.read(value)
    except parameters.UnreadableError:
        return False
    return True


def _is_managed(name: str) -> bool:
    return any(True for _ in parameter_is_not_managed({name: ""}))


def _leaves(annotation: Any, place: str) -> st.SearchStrategy[Any]:
    """Return the plain values that *annotation* takes."""
    taken = taker(annotation)
    values = [*_literals(annotation), *WORDS, *RULES, *NUMBERS, False, True]
    known = [value for value in values if taken(value)]
    if not known and not taken(None):
        raise TypeError(f"{place}: takes no word of tests/drafts.py; add one that it takes")
    optional = [None] if taken(None) else []
    found = st.sampled_from([*optional, *known])
    return found | _NAMES.filter(taken) if "orders" in known else found


def taker(annotation: Any) -> Callable[[object], bool]:
    """Return what tells whether *annotation* takes a value."""
    adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=_STRICT)

    def taken(value: object) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return taken


def _literals(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for argument in get_args(annotation):
            yield from _literals(argument)


_MEND = re.compile(r";[^;]*?\bwrite (?:at least |at most )?(?:'([^']+)'|(\d+)\b|one of (\w[-\w]*))")


def mended(draft: Draft) -> EnvironmentSpec:
    """Return what *draft* is once each fault is mended as its line says.

    Where the line names no value, another one is tried; what is still a fault then is taken out.
    """
    draft = copy.deepcopy(draft)
    told: set[tuple[int | str, ...]] = set()
    while True:
        try:
            return EnvironmentSpec.model_validate(draft.written())
        except ValidationError as error:
            faults = [
                (_field(draft, found["loc"], found["msg"]), _MEND.search(found["msg"]))
                for found in error.errors(include_url=False)
            ]
        written = []
        for place, mend in faults:
            value = mend[1] or mend[3] or int(mend[2]) if mend else None
            if place not in told and _write(draft, place, value, len(told)):
                written.append(place)
        told.update(written)
        if not written:  # one at a time: without it others have no place any more
            place = faults[0][0]
            assert _without(draft, place) or _without(draft, ()), place


def _field(draft: Draft, place: tuple[int | str, ...], message: str) -> tuple[int | str, ...]:
    """Return *place*, or where it is a spec's the place of the first field that is spoken of."""
    _, here = _way(draft, place)
    fields = here.spec.model_fields if isinstance(here, Draft) else {}
    if place and place[-1] in fields:  # a field of it that is left out
        return place
    return next(((*place, word) for word in re.findall(r"\w+", message) if word in fields), place)


def _write(draft: Draft, place: Sequence[int | str], value: object, number: int) -> bool:
    """Write *value* at *place* of *draft* and tell whether a field is there that takes it.

    Where it is None, another is written if there must be one: a name with *number*, or a word.
    """
    _, here = _way(draft, place[:-1])
    field = str(place[-1]) if place else ""
    if isinstance(here, dict) and isinstance(here.get(field), str) and value is not None:
        here[field] = str(value)
        return True
    if not isinstance(here, Draft) or field not in here.spec.model_fields:
        return False
    info = here.spec.model_fields[field]
    taken = taker(annotation_of(info))
    if value is None and info.is_required():
        others = [f"other-{number}", *WORDS, *NUMBERS]
        value = next((it for it in others if it != here.fields.get(field) and taken(it)), None)
    if value is None or not taken(value):
        return False
    here.fields[field] = value
    return True


def _without(draft: Draft, place: Sequence[int | str]) -> bool:
    """Take out of *draft* what is at *place*, or the least around it that can be left out."""
    way, here = _way(draft, place)
    # A fault of a spec as a whole: its optional fields first, then those of its parts.
    for spec in _drafts_in(here):
        if spare := _spare(spec):
            for name in spare:
                del spec.fields[name]
            return True
    for holder, part in reversed(way):
        if not isinstance(holder, Draft) or part in _spare(holder):
            holding: Any = holder.fields if isinstance(holder, Draft) else holder
            del holding[part]
            return True
    return False


def _way(draft: Draft, place: Sequence[int | str]) -> tuple[list[tuple[Any, Any]], Any]:
    """Return each holder with the part of it that leads to *place*, and what is there."""
    way: list[tuple[Any, Any]] = []
    here: Any = draft
    for part in place:  # those that lead nowhere are pydantic's marks, or fields that are left out
        inside: Any = here.fields if isinstance(here, Draft) else here
        if isinstance(inside, dict) and part in inside:
            way.append((here, part))
            here = inside[part]
        elif isinstance(inside, list) and str(part).isdigit() and int(part) < len(inside):
            way.append((here, int(part)))
            here = inside[int(part)]
    return way, here


def _drafts_in(value: Any) -> Iterator[Draft]:
    if isinstance(value, Draft):
        yield value
        for part in value.fields.values():
            yield from _drafts_in(part)


def _spare(draft: Draft) -> list[str]:
    fields = draft.spec.model_fields
    return [name for name in draft.fields if name in fields and not fields[name].is_required()]


def lines(draft: Draft) -> list[str]:
    """Return what `check` says of *draft*, line by line; nothing where it is sound."""
    return faults(draft.written())
