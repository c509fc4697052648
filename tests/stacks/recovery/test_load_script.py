"""What the Job's script says of two databases, with programs that stand in for PostgreSQL's.

Each prints what a file of the side that it is connected to holds.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

_STAND_INS = {
    "pg_dump": """
        case "$*" in *--format*) exit 0 ;; esac
        [ "$PGDATABASE" = tier0_twin ] && exec cat "$PGHOST/twin"
        exec cat "$PGHOST/structure"
    """,
    "pg_restore": 'case "$*" in *--list*) cat "$WORK/toc" ;; esac',
    "vacuumdb": "exit 0",
    "psql": """
        case "$(cat)" in
        *large*) cat "$PGHOST/rows" ;;
        *extversion*) cat "$PGHOST/extensions" ;;
        esac
    """,
}
_TABLE = "--\n-- Name: t; Type: TABLE; Schema: public; Owner: app\n--\n\nCREATE TABLE t (a {});\n"
_MAPPING = (
    "--\n-- Name: USER MAPPING app SERVER s; Type: USER MAPPING; Schema: -; Owner: app\n--\n\n"
    "CREATE USER MAPPING FOR app SERVER s OPTIONS (password '{}');\n"
)
_ACL = "--\n-- Name: TABLE t; Type: ACL; Schema: public; Owner: app\n--\n\n{}\n{}\n"
_SAME = {
    "rows": "rows of public.t: 5\n",
    "extensions": "extension plpgsql 1.0, owned by postgres\n",
    "structure": "\\restrict abc\n-- Dumped from database version 17.6\n" + _TABLE.format("int"),
    "twin": "",
}
_TOC = """\
3; 2615 16386 SCHEMA - sales app
4015; 0 0 ACL - SCHEMA sales app
4016; 0 0 ACL - DATABASE x app
4017; 0 0 DEFAULT ACL sales DEFAULT PRIVILEGES FOR TABLES app
210; 1259 16400 MATERIALIZED VIEW sales m app
4018; 0 16400 MATERIALIZED VIEW DATA sales m app
3900; 3466 16500 EVENT TRIGGER - e postgres
4019; 0 0 COMMENT - EVENT TRIGGER e postgres
211; 1259 16401 TABLE public ACL app
"""


def _prepare(folder: Path, clone: dict[str, str], restored: dict[str, str]) -> None:
    """Write the programs, and what they print of each side."""
    for name in ("bin", "work", "clone", "live"):
        (folder / name).mkdir()
    for name, text in _STAND_INS.items():
        program = folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
    for side, files in (("clone", clone), ("live", restored)):
        for name, text in (_SAME | files).items():
            (folder / side / name).write_text(text)
    (folder / "password").write_text("secret")
    (folder / "work" / "toc").write_text(_TOC)


def _start(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"NAME": "x", "MAJOR": "0", "JOBS": "2", "SECRET": str(folder)}
    env |= {"PATH": f"{folder}/bin:{os.environ['PATH']}", "WORK": str(folder / "work")}
    env |= {"CLONE": str(folder / "clone"), "LIVE": str(folder / "live")}
    script = (ROOT / "stacks/recovery/load.sh").read_text("utf-8")
    return subprocess.run(
        ["sh", "-c", script], env=env, capture_output=True, text=True, check=False
    )


def _run(
    folder: Path, clone: dict[str, str], restored: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    _prepare(folder, clone, restored)
    return _start(folder)


def _differs(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.startswith("differs: ")]


def test_equal_databases_are_checked(tmp_path: Path) -> None:
    other = "\\restrict xyz\n-- Dumped from database version 17.7\n" + _TABLE.format("int")
    done = _run(tmp_path, {}, {"structure": other})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "step: checked"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rows": "rows of public.t: 4\n"}, "restored: rows of public.t: 4"),
        ({"structure": ""}, "clone: t; Type: TABLE; Schema: public; Owner: app"),
        (
            {"structure": _TABLE.format("text")},
            "restored: t; Type: TABLE; Schema: public; Owner: app",
        ),
    ],
)
def test_a_difference_is_said_and_fails_the_job(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    done = _run(tmp_path, {}, changed)
    assert done.returncode == 3
    assert f"differs: {said}" in _differs(done)


def test_what_postgresql_writes_in_another_way_is_no_difference(tmp_path: Path) -> None:
    done = _run(
        tmp_path,
        {"twin": _TABLE.format("text")},
        {"structure": _TABLE.format("text")},
    )
    assert (done.returncode, _differs(done)) == (0, [])


def test_rights_have_no_order(tmp_path: Path) -> None:
    done = _run(
        tmp_path, {"structure": _ACL.format("g 1", "g 2")}, {"structure": _ACL.format("g 2", "g 1")}
    )
    assert (done.returncode, _differs(done)) == (0, [])


def test_a_definition_is_not_printed_as_it_can_hold_a_password(tmp_path: Path) -> None:
    structures = [{"structure": _MAPPING.format(password)} for password in ("hunter2", "hunter3")]
    done = _run(tmp_path, *structures)
    assert done.returncode == 3
    assert "USER MAPPING app SERVER s" in done.stdout
    assert "hunter" not in done.stdout + done.stderr


def test_another_version_of_an_extension_is_a_note(tmp_path: Path) -> None:
    newer = {"extensions": "extension plpgsql 1.1, owned by postgres\n"}
    done = _run(tmp_path, {}, newer)
    assert done.returncode == 0
    assert "note: restored: extension plpgsql 1.1, owned by postgres" in done.stdout
    assert "note: clone: extension plpgsql 1.0, owned by postgres" in done.stdout


def test_rights_and_what_needs_them_come_last(tmp_path: Path) -> None:
    done = _run(tmp_path, {}, {})
    assert done.returncode == 0
    last = (tmp_path / "work" / "last").read_text().splitlines()
    assert [line.split(";")[0] for line in last] == ["4015", "4017", "4018", "3900", "4019"]
    first = (tmp_path / "work" / "first").read_text().splitlines()
    assert [line.split(";")[0] for line in first] == ["3", "4016", "210", "211"]


@pytest.mark.parametrize(
    ("program", "step"), [("pg_dump", "dump"), ("pg_restore", "restore"), ("psql", "restore")]
)
def test_a_program_that_fails_ends_the_job(tmp_path: Path, program: str, step: str) -> None:
    _prepare(tmp_path, {}, {})
    (tmp_path / "bin" / program).write_text("#!/bin/sh\nexit 1\n")
    failed = _start(tmp_path)
    assert failed.returncode == 1
    assert failed.stdout.splitlines()[-1] == f"step: {step}"


@pytest.mark.parametrize("side", ["clone", "live"])
def test_a_side_that_cannot_be_asked_is_not_called_equal(tmp_path: Path, side: str) -> None:
    _prepare(tmp_path, {}, {})
    (tmp_path / side / "rows").unlink()
    failed = _start(tmp_path)
    assert failed.returncode == 1
    assert "step: checked" not in failed.stdout
