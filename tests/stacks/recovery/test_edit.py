"""A change of an environment's file leaves what it does not concern as it was, byte for byte."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.postgres import RestoreSpec
from stacks.check import InvalidEnvironment, environments
from stacks.command import Fault
from stacks.recovery.edit import Change, EnvironmentFile
from stacks.recovery.syntax import Declaration
from tests.support import ROOT

FILES = [f"stacks/{name}.py" for name in environments()] + ["tests/lab/environments/lab.py"]
LOST = RestoreSpec(source=1, time="2026-11-29T10:00:00+00:00", reason="a lost table")
ADDED = Change(entry=LOST)

HEAD = '''"""small: 東京 für 🐘."""
from components.ceph import BucketClaimSpec, ObjectStoreSpec
from components.certificates import CertificateSpec
from components.postgres import BackupSpec, ObjectivesSpec
from stacks.environment import EnvironmentSpec

TLS = CertificateSpec(name="tls", secret="tls")
STORE = ObjectStoreSpec(name="s", namespace="ceph", certificate=TLS, gateways=1, copies=1)
RPO = ObjectivesSpec(rpo="2m", rto="15m")
BACKUP = BackupSpec(
    bucket=BucketClaimSpec(bucket="backups", claim="backups"), schedule="0 2 * * *", retention="7d"
)
IMAGE = "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie"
'''
FROM = "from components.postgres import PostgresSpec\n"
FIELDS = (
    'namespace="n", cluster="c", database="d", owner="d", image=IMAGE, instances=1, '
    'storage="10Gi", objectives=RPO, backup=BACKUP'
)


def _lines(indent: str, *more: str) -> str:
    """Return the fields of a database, each on its own line."""
    return "".join(f"\n{indent}{field}," for field in [*FIELDS.split(", "), *more])


def _module(databases: str, head: str = FROM, between: str = "") -> str:
    return (
        f"{HEAD}{head}\n{between}ENVIRONMENT = EnvironmentSpec(\n"
        f'    context="x", disposable=True, object_store=STORE, databases={databases}\n)\n'
    )


def _file(folder: Path, text: str) -> EnvironmentFile:
    path = folder / "elsewhere.py"
    path.write_bytes(text.encode())
    return EnvironmentFile(str(path))


def _apart(text: str, after: str) -> tuple[str, str]:
    """Return what *text* has and what *after* has in its place, line by line."""
    lines, others = text.split("\n"), after.split("\n")
    removed, added = [], []
    while lines or others:
        if lines and others and lines[0] == others[0]:
            lines.pop(0)
            others.pop(0)
        elif lines and lines[0] not in others:
            removed.append(lines.pop(0))
        else:
            added.append(others.pop(0))
    return "\n".join(removed), "\n".join(added)


ENTRY = """\
            generations=[
                RestoreSpec(
                    source=1,
                    time="2026-11-29T10:00:00.000000+00:00",
                    reason="a lost table",
                ),
            ],"""
IMPORTED = (
    "from components.postgres import PostgresSpec",
    "from components.postgres import PostgresSpec, RestoreSpec",
)
LINED = f'{{\n        "x": PostgresSpec({_lines(" " * 12)}\n        ),\n    }},'
INLINE = (
    'generations=[RestoreSpec(source=1, time="2026-11-29T10:00:00.000000+00:00", '
    'reason="a lost table")]'
)

SHAPES: Mapping[str, tuple[str, str, str]] = {
    "a keyword a line": (_module(LINED), IMPORTED[0], f"{IMPORTED[1]}\n{ENTRY}"),
    "no comma after the last": (
        _module(LINED.replace("backup=BACKUP,", "backup=BACKUP")),
        f"{IMPORTED[0]}\n            backup=BACKUP",
        f"{IMPORTED[1]}\n            backup=BACKUP,\n{ENTRY[:-1]}",
    ),
    "a comment after the last": (
        _module(LINED.replace("backup=BACKUP,", "backup=BACKUP,  # a, b")),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}",
    ),
    "a comment after the last, without a comma": (
        _module(LINED.replace("backup=BACKUP,", "backup=BACKUP  # a, b")),
        f"{IMPORTED[0]}\n            backup=BACKUP  # a, b",
        f"{IMPORTED[1]}\n            backup=BACKUP,  # a, b\n{ENTRY[:-1]}",
    ),
    "comments between keywords": (
        _module(LINED.replace("instances=1,", "# one,\n\n            instances=1,  # (no more")),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}",
    ),
    "all on one line": (
        _module(f'{{"x": PostgresSpec({FIELDS})}}'),
        f'{IMPORTED[0]}\n    context="x", disposable=True, object_store=STORE, '
        f'databases={{"x": PostgresSpec({FIELDS})}}',
        f'{IMPORTED[1]}\n    context="x", disposable=True, object_store=STORE, '
        f'databases={{"x": PostgresSpec({FIELDS}, {INLINE})}}',
    ),
    "under the bracket": (
        _module(f'{{"x": PostgresSpec({FIELDS.replace(", ", "," + chr(10) + " " * 12)})}}'),
        f"{IMPORTED[0]}\n            backup=BACKUP)}}",
        f"{IMPORTED[1]}\n            backup=BACKUP,\n{ENTRY[:-1]})}}",
    ),
    "CRLF": (
        _module(LINED).replace("\n", "\r\n"),
        f"{IMPORTED[0]}\r",
        f"{IMPORTED[1]}\n{ENTRY}\n".replace("\n", "\r\n")[:-1],
    ),
    "tabs": (
        _module(LINED).replace("    ", "\t"),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}".replace("    ", "\t"),
    ),
    "two blanks": (
        _module(LINED).replace("    ", "  "),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}".replace("    ", "  "),
    ),
    "single quotes": (
        _module(LINED).replace('"', "'"),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}".replace('"', "'"),
    ),
    "no end of the last line": (_module(LINED)[:-1], IMPORTED[0], f"{IMPORTED[1]}\n{ENTRY}"),
    "a byte order mark": ("\ufeff" + _module(LINED), IMPORTED[0], f"{IMPORTED[1]}\n{ENTRY}"),
    "a form feed": (_module(LINED, between="\f\n"), IMPORTED[0], f"{IMPORTED[1]}\n{ENTRY}"),
    "another name for the spec": (
        _module(LINED.replace("PostgresSpec", "Db"), f"{IMPORTED[0]} as Db\n"),
        f"{IMPORTED[0]} as Db",
        f"{IMPORTED[0]} as Db, RestoreSpec\n{ENTRY}",
    ),
    "the spec's own module": (
        _module(LINED, "# its spec\nfrom components.postgres.spec import PostgresSpec\n"),
        "",
        f"from components.postgres.generations import RestoreSpec\n{ENTRY}",
    ),
    "a module that is imported": (
        _module(LINED.replace("Postgres", "pg.Postgres"), "import components.postgres as pg\n"),
        "",
        ENTRY.replace("Restore", "pg.Restore"),
    ),
    "imports on lines": (
        _module(
            LINED,
            "from components.postgres import (\n    PostgresSpec,  # it\n    ResourcesSpec\n)\n",
        ),
        "    ResourcesSpec",
        f"    ResourcesSpec,\n    RestoreSpec\n{ENTRY}",
    ),
    "imports on lines, in their order": (
        _module(
            LINED,
            "from components.postgres import (\n    PostgresSpec,\n    TimersSpec,  # so\n)\n",
        ),
        "",
        f"    RestoreSpec,\n{ENTRY}",
    ),
    "imports that fill a line": (
        _module(LINED, f"{IMPORTED[0]}, PoolerSpec, ResourcesSpec, SynchronousSpec, TimersSpec\n"),
        f"{IMPORTED[0]}, PoolerSpec, ResourcesSpec, SynchronousSpec, TimersSpec",
        "from components.postgres import (\n    PostgresSpec,\n    PoolerSpec,\n"
        "    ResourcesSpec,\n    SynchronousSpec,\n    TimersSpec,\n    RestoreSpec,\n)\n" + ENTRY,
    ),
    "the spec is imported twice": (
        _module(LINED, f"{FROM}from components.postgres import ResourcesSpec, PostgresSpec\n"),
        "from components.postgres import ResourcesSpec, PostgresSpec",
        f"from components.postgres import ResourcesSpec, PostgresSpec, RestoreSpec\n{ENTRY}",
    ),
    "it is imported already": (
        _module(LINED, f"{IMPORTED[0]}, RestoreSpec as Again\n"),
        "",
        ENTRY.replace("RestoreSpec", "Again"),
    ),
    "a variable": (
        _module('{"x": X}', between=f"X: PostgresSpec = PostgresSpec({_lines('    ')}\n)\n"),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}".replace("\n        ", "\n"),
    ),
    "variables of variables": (
        _module("ALL", between=f"X = PostgresSpec({_lines('    ')}\n)\nALL = {{'x': X}}\n"),
        IMPORTED[0],
        f"{IMPORTED[1]}\n{ENTRY}".replace("\n        ", "\n").replace('"', "'"),
    ),
    "fields that are spread": (
        _module('{"x": PostgresSpec(**COMMON)}', between=f"COMMON = dict({FIELDS})\n"),
        f'{IMPORTED[0]}\n    context="x", disposable=True, object_store=STORE, '
        'databases={"x": PostgresSpec(**COMMON)}',
        f'{IMPORTED[1]}\n    context="x", disposable=True, object_store=STORE, '
        f'databases={{"x": PostgresSpec(**COMMON, {INLINE})}}',
    ),
    "an empty list": (
        _module(LINED.replace("backup=BACKUP,", "generations=(),\n            backup=BACKUP,")),
        f"{IMPORTED[0]}\n            generations=(),",
        f"{IMPORTED[1]}\n{ENTRY}",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_of_any_shape_is_changed_where_it_must_be_only(shape: str, tmp_path: Path) -> None:
    text, removed, added = SHAPES[shape]
    file = _file(tmp_path, text)
    assert _apart(text, file.changed({"x": ADDED})) == (removed, added)


EARLIER = "RestoreSpec(source=1, reason='as it was', backup='20261101T020000')"
HELD: Mapping[str, tuple[str, str]] = {
    "a list on a line": (f"generations=[{EARLIER}],", f"                {EARLIER},\n"),
    "a tuple on a line": (f"generations=({EARLIER},),", f"                {EARLIER},\n"),
    "a list on lines": (
        f"generations=[\n                {EARLIER},  # the first\n            ],",
        f"                {EARLIER},  # the first\n",
    ),
    "a tuple on lines": (
        f"generations=(\n                {EARLIER},\n                # next\n            ),",
        f"                {EARLIER},\n                # next\n",
    ),
    "a list on lines, without a comma": (
        f"generations=[\n                {EARLIER}\n            ],",
        f"                {EARLIER},\n",
    ),
}


@pytest.mark.parametrize("shape", HELD)
def test_one_more_generation_stands_after_the_others(shape: str, tmp_path: Path) -> None:
    held, kept = HELD[shape]
    lined = LINED.replace("backup=BACKUP,", f"backup=BACKUP,\n            {held}")
    file = _file(tmp_path, _module(lined, f"{FROM[:-1]}, RestoreSpec\n"))
    after = file.changed({"x": ADDED})
    assert f"{kept}                RestoreSpec(\n                    source=1,\n" in after
    assert len(_file(tmp_path, after).database("x").generations) == 2


@pytest.mark.parametrize(
    ("held", "change", "after"),
    [
        ("active=1,", Change(active=2), "active=2,"),
        ("active=None,", Change(active=2), "active=2,"),
        ("retired=[],", Change(retired=[1]), "retired=[1],"),
        ("retired=[1],  # it", Change(active=3, retired=[1, 2]), "retired=[1, 2],  # it"),
        ("retired=(1,),", Change(active=3, retired=[1, 2]), "retired=(1, 2),"),
        (
            "retired=[\n                1,  # one\n            ],",
            Change(active=3, retired=[1, 2]),
            "retired=[\n                1,  # one\n                2,\n            ],",
        ),
        ("retired=[1],", Change(retired=[], removed=[1]), "retired=[],\n            removed=[1],"),
        ("retired=[2],", Change(active=2, retired=[]), "retired=[],\n            active=2,"),
    ],
)
def test_a_number_is_written_where_it_stands(
    held: str, change: Change, after: str, tmp_path: Path
) -> None:
    two = f"generations=[{EARLIER}, {EARLIER}],"
    state = "" if "active" in held or "[2]" in held else "active=3,\n            "
    fields = f"backup=BACKUP,\n            {two}\n            {state}{held}"
    text = _module(LINED.replace("backup=BACKUP,", fields), f"{FROM[:-1]}, RestoreSpec\n")
    changed = _file(tmp_path, text).changed({"x": change})
    assert changed == text.replace(held, after)


def test_a_module_of_the_wheel_imports_from_the_wheel() -> None:
    for line, wanted in [
        (
            "from tier0.components.postgres import PostgresSpec\n",
            "from tier0.components.postgres import PostgresSpec, RestoreSpec\n",
        ),
        (
            "from tier0.components.postgres.spec import PostgresSpec\n",
            "from tier0.components.postgres.generations import RestoreSpec\n"
            "from tier0.components.postgres.spec import PostgresSpec\n",
        ),
    ]:
        text = _module(LINED, line).replace("from stacks", "from tier0.stacks")
        declaration = Declaration(cst.parse_module(text), "x")
        declaration.extend("generations", LOST)
        assert _apart(text, declaration.module.code)[1] == (
            f"{wanted.removesuffix(line) or wanted}{ENTRY}"
        )


UNCLEAR: Mapping[str, tuple[str, str]] = {
    "a function": (
        _module('{"x": made()}', between=f"def made():\n    return PostgresSpec({FIELDS})\n"),
        "it is not declared by PostgresSpec(...) that is written out",
    ),
    "a comprehension": (
        _module(f'{{name: PostgresSpec({FIELDS}) for name in ["x"]}}'),
        "`databases` is not a dict that is written out",
    ),
    "a key that is computed": (
        _module(f'{{"".join("x"): PostgresSpec({FIELDS})}}'),
        "its key is not written out in `databases`",
    ),
    "another dict": (
        _module("{**OTHERS}", between=f'OTHERS = {{"x": PostgresSpec({FIELDS})}}\n'),
        "its key is not written out in `databases`",
    ),
    "a copy": (
        _module(
            '{"x": BASE.model_copy(update={"instances": 2})}',
            between=f"BASE = PostgresSpec({FIELDS})\n",
        ),
        "it is not declared by PostgresSpec(...) that is written out",
    ),
    "a starred list": (
        _module(f'{{"x": PostgresSpec({FIELDS}, generations=[] + OLD)}}', between="OLD = []\n"),
        "`generations` is not a list that is written out",
    ),
    "an assignment that depends": (
        _module('{"x": X}', between=f"if STORE:\n    X = PostgresSpec({FIELDS})\n"),
        "`X` is not assigned once",
    ),
    "two assignments": (
        _module('{"x": X}', between=f"X = 1\nX = PostgresSpec({FIELDS})\n"),
        "`X` is not assigned once",
    ),
    "what it is made with is imported from elsewhere": (
        _module(LINED, "from stacks.environment import PostgresSpec\n"),
        "PostgresSpec is imported from `stacks.environment`, and RestoreSpec is not",
    ),
}


@pytest.mark.parametrize("shape", UNCLEAR)
def test_what_is_not_written_out_is_not_guessed(shape: str, tmp_path: Path) -> None:
    text, why = UNCLEAR[shape]
    with pytest.raises(Fault) as refused:
        _file(tmp_path, text).changed({"x": Change(entry=LOST, active=2)})
    said = str(refused.value)
    assert said.partition("elsewhere.py: ")[2].startswith(
        f"it cannot be edited: databases.x: {why}; "
    )
    assert said.endswith(
        "write by hand in the PostgresSpec of databases.x:\n\n"
        "    generations=[\n"
        "        RestoreSpec(\n"
        "            source=1,\n"
        '            time="2026-11-29T10:00:00.000000+00:00",\n'
        '            reason="a lost table",\n'
        "        ),\n"
        "    ],\n"
        "    active=2,\n"
        "\nand `from components.postgres import RestoreSpec`"
    )


def test_what_stands_already_stands_in_what_is_to_be_written_by_hand(tmp_path: Path) -> None:
    common = f'COMMON = dict({FIELDS}, generations=[RestoreSpec(source=1, reason="it was lost")])\n'
    text = _module('{"x": PostgresSpec(**COMMON)}', f"{FROM[:-1]}, RestoreSpec\n", common)
    with pytest.raises(Fault) as refused:
        _file(tmp_path, text).changed({"x": ADDED})
    said = str(refused.value)
    assert "databases.x: `generations` is not written out; write by hand in the Postgres" in said
    assert (
        '        RestoreSpec(\n            source=1,\n            reason="it was lost",\n' in said
    )
    assert '            reason="a lost table",\n        ),\n    ],\n\nand' in said


def test_one_variable_for_two_databases_is_not_edited(tmp_path: Path) -> None:
    made = f'X = PostgresSpec({FIELDS})\nOTHER = BucketClaimSpec(bucket="others", claim="others")\n'
    shared = '{"x": X, "y": PostgresSpec(**vars(X) | {"namespace": "m", "cluster": "e", "backup": '
    bucket = 'BackupSpec(**vars(BACKUP) | {"bucket": OTHER})})}'
    with pytest.raises(Fault, match="depends on more than its own fields"):
        _file(tmp_path, _module(shared + bucket, between=made)).changed({"x": ADDED})


def test_what_check_refuses_is_said_by_check(tmp_path: Path) -> None:
    file = _file(tmp_path, _module(LINED))
    with pytest.raises(InvalidEnvironment) as refused:
        file.changed({"x": Change(entry=LOST, active=2, retired=[2])})
    assert str(refused.value).startswith("databases.x.retired.0: generation 2 is active; ")


def test_a_text_in_any_language_is_quoted_as_python_reads_it(tmp_path: Path) -> None:
    for reason in (
        'say "no" twice',
        "it's gone",
        """a 'b' "c" \\ d""",
        "für Zürich, 東京 🐘",
        "a\nb\x00\u00a0 \x1b",
    ):
        file = _file(tmp_path, _module(LINED))
        entry = RestoreSpec(source=1, reason=reason)
        after = _file(tmp_path, file.changed({"x": Change(entry=entry)}))
        assert [*after.database("x").generations] == [entry]


@pytest.mark.parametrize("path", FILES)
def test_a_change_has_the_layout_of_ruff(path: str, tmp_path: Path) -> None:
    file = EnvironmentFile(str(ROOT / path))
    change = Change(entry=LOST, active=2, retired=[1])
    written = tmp_path / "edited.py"
    written.write_text(file.changed(dict.fromkeys(file.environment.databases, change)), "utf-8")
    ruff = [sys.executable, "-m", "ruff", "--config", str(ROOT / "pyproject.toml")]
    for check in (["format", "--check"], ["check", "--ignore", "INP001", "--no-cache"]):
        done = subprocess.run(
            [ruff[0], *ruff[1:3], *check, *ruff[3:], written],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", [".", "a folder/für"])
@pytest.mark.parametrize("path", FILES)
def test_git_applies_the_diff(path: str, folder: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    copy = tmp_path / folder / "environment.py"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes((ROOT / path).read_bytes().rstrip(b"\n"))
    file = EnvironmentFile(str(copy))
    after = file.changed(dict.fromkeys(file.environment.databases, Change(entry=LOST, active=2)))
    said = f"before\n{file.diff(after)}1. pulumi up\n"
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, input=said.encode())
    assert copy.read_bytes() == after.encode()


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = _file(tmp_path, _module(LINED))
    after = file.changed({"x": ADDED})
    theirs = _module(LINED).replace("10Gi", "20Gi")
    file.path.write_text(theirs, "utf-8")
    with pytest.raises(Fault, match="it was changed since it was read; run the command"):
        file.write(after)
    assert file.path.read_text("utf-8") == theirs


def test_a_written_file_keeps_its_mode_and_stays_a_link(tmp_path: Path) -> None:
    file = _file(tmp_path, _module(LINED))
    file.path.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(file.path)
    through = EnvironmentFile(str(link))
    through.write(through.changed({"x": ADDED}))
    assert link.is_symlink()
    assert file.path.stat().st_mode & 0o777 == 0o640
    assert [*EnvironmentFile(str(link)).database("x").generations] == [LOST]


def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(b"# -*- coding: latin-1 -*-\n# \xe4\nENVIRONMENT = 1\n")
    with pytest.raises(Fault, match="it is not UTF-8; write it in UTF-8"):
        EnvironmentFile(str(path))


ENTRIES = st.builds(
    lambda store, ends, reason: RestoreSpec(source=1, store=store, reason=f"{reason} x", **ends),
    st.sampled_from(["archive", "offsite"]),
    st.sampled_from(
        [
            {},
            {"time": "2026-11-29T10:00:00.000001-05:00"},
            {"backup": "20261129T020000"},
            {"before_xid": 2**32 - 1, "backup": "20261129T020000"},
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9),
)


def _legal(requests: Sequence[tuple[RestoreSpec, str]]) -> list[Change]:
    """Return the changes that take one restore after the other to its end."""
    changes, number, active = [], 1, 1
    retired: list[int] = []
    for entry, way in requests:
        number += 1
        changes.append(Change(entry=entry, active=number if way == "at once" else None))
        if way == "rolled back":
            retired = [*retired, number]
            changes.append(Change(active=active, retired=retired))
        elif way != "left":
            changes.append(Change(active=number))
            active = number
    return changes


@pytest.mark.parametrize("path", FILES)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    requests=st.lists(
        st.tuples(ENTRIES, st.sampled_from(["at once", "left", "rolled back", "activated"])),
        min_size=1,
        max_size=3,
    )
)
def test_any_legal_changes_give_the_lineage_that_was_asked_for(
    path: str, requests: list[tuple[RestoreSpec, str]], tmp_path: Path
) -> None:
    text = (ROOT / path).read_text("utf-8")
    file = _file(tmp_path, text)
    (name, *others) = file.environment.databases
    copied = file.environment.offsite is not None
    asked = [
        (it if copied else it.model_copy(update={"store": "archive"}), way) for it, way in requests
    ]
    wanted: dict[str, Any] = {}
    for change in _legal(asked):
        wanted |= change.fields(file.database(name))
        before = file
        file = _file(tmp_path, file.changed({name: change}))
        assert file.environment.databases.keys() == before.environment.databases.keys()
    spec = file.database(name)
    assert [*spec.generations] == [entry for entry, _ in asked]
    assert {field: _plain(getattr(spec, field)) for field in wanted} == {
        field: _plain(value) for field, value in wanted.items()
    }
    removed, _ = _apart(text, file.text)
    assert all(
        line.startswith("from components.postgres import") for line in removed.split("\n") if line
    )
    assert all(file.database(it) == EnvironmentFile(str(ROOT / path)).database(it) for it in others)


def _plain(value: object) -> object:
    return [*value] if isinstance(value, list | tuple) else value
