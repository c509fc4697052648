"""`python -m stacks inspect`, with a cluster that restores at once."""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Sequence

import pytest

from stacks.recovery.archives import Archive
from stacks.recovery.window import Survey
from tests.stacks.recovery.clusters import SETTING_UP, Clones, recovering, refusing

Said = subprocess.CompletedProcess[str]
Stacks = Callable[..., Said]


@pytest.fixture
def kube(monkeypatch: pytest.MonkeyPatch) -> Clones:
    """Return homelab's cluster."""
    monkeypatch.setattr("stacks.recovery.clone_state._POLL_SECONDS", 0)
    made = Clones()
    made.secret("n8n-prod", "n8n-postgres-backup-s3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    made.secret("n8n-prod", "tier0-ca", "ca.crt")
    monkeypatch.setattr("stacks.recovery.inspect.ClusterClient.connect", lambda _: made)
    return made


@pytest.fixture(autouse=True)
def surveyed(monkeypatch: pytest.MonkeyPatch) -> list[Archive]:
    """Have archives with one base backup and an hour of WAL; return those that are looked into."""
    looked: list[Archive] = []
    window = {"earliest": "2026-11-30T10:00:00+00:00", "latest": "2026-11-30T11:00:00+00:00"}
    found = {
        "windows": [
            window | {"backups": ["first"], "timeline": 1, "last_wal": "0" * 24, "overlaps": []}
        ],
        "backups": [
            {"id": "first", "end": window["earliest"], "timeline": 1, "fault": None},
            {"id": "torn", "end": "2026-11-30T10:50:00+00:00", "fault": "data.tar is missing"},
        ],
    }

    def survey(_: object, archive: Archive) -> Survey:
        looked.append(archive)
        return Survey(found)

    monkeypatch.setattr("stacks.recovery.inspect.survey", survey)
    return looked


def _clone(kube: Clones) -> str:
    return next(name for kind, _, name in kube.there if kind == "Namespace")


def test_it_says_how_to_look_into_the_clone_and_when_it_ends(kube: Clones, stacks: Stacks) -> None:
    said = stacks("inspect", "homelab", "n8n", "--at", "latest")
    name = _clone(kube)
    assert said.returncode == 0
    lines = said.stdout.replace(name, "X").splitlines()
    assert lines[0].startswith("X: the end of the archive (placing ")
    assert lines[1:3] == [
        "  look into it   kubectl --context homelab -n X exec -it X-1 -c postgres -- "
        "env 'PGOPTIONS=-c default_transaction_read_only=on' psql n8n",
        "  copy rows out  kubectl --context homelab -n X exec X-1 -c postgres -- psql n8n -c "
        "'\\copy (select * from TABLE) to stdout with (format csv, header)' > rows.csv",
    ]
    assert lines[3].endswith(", or by --remove X")
    assert ("Cluster", name, name) in kube.there


def test_it_says_the_same_as_json(kube: Clones, stacks: Stacks) -> None:
    said = stacks("inspect", "homelab", "n8n", "--at", "latest", "--for", "30m", "--json")
    told = json.loads(said.stdout)
    assert told["clone"] == _clone(kube)
    assert [*told] == ["clone", "target", "until", "seconds", "psql", "copy"]


def test_a_query_runs_in_a_read_only_transaction_and_the_clone_goes(
    kube: Clones, stacks: Stacks
) -> None:
    kube.printed = lambda _: " a \n---\n 1\n(1 row)\n\n"
    said = stacks("inspect", "homelab", "n8n", "--at", "latest", "--query", "select 1 as a")
    assert (said.returncode, said.stdout) == (0, " a \n---\n 1\n(1 row)\n\n")
    assert kube.commands[-1][-8:] == [
        "-d",
        "n8n",
        *("-c", "begin read only", "-c", "select 1 as a", "-c", "commit"),
    ]
    assert kube.kinds() == []


def test_rows_as_json_tell_null_from_an_empty_text(kube: Clones, stacks: Stacks) -> None:
    def printed(command: Sequence[str]) -> str:
        (null,) = (word.partition("=")[2] for word in command if word.startswith("null="))
        text = io.StringIO()
        csv.writer(text).writerows([["a", "b", "c"], [null, "", 'two\nlines "ü"']])
        return text.getvalue()

    kube.printed = printed
    said = stacks("inspect", "homelab", "n8n", "--at", "latest", "--query", "x", "--json")
    assert json.loads(said.stdout) == {
        "columns": ["a", "b", "c"],
        "rows": [[None, "", 'two\nlines "ü"']],
    }


def test_a_query_that_writes_is_refused_in_postgresqls_words(kube: Clones, stacks: Stacks) -> None:
    kube.printed = refusing
    said = stacks("inspect", "homelab", "n8n", "--at", "latest", "--query", "delete from x")
    assert said.returncode == 1
    last = said.stderr.splitlines()[-1]
    assert last == "--query: PostgreSQL refuses it (cannot execute DELETE); correct it"
    assert kube.kinds() == []


def test_a_clone_that_fails_is_a_sentence(kube: Clones, stacks: Stacks) -> None:
    kube.states = [(SETTING_UP, [recovering("Failed")])]
    kube.log_text = "no such backup"
    said = stacks("inspect", "homelab", "n8n", "--at", "latest")
    assert said.returncode == 1
    assert "it cannot be restored (no such backup); choose another target" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "inspect: it has no target; write --at TIME, latest or before-xid N"),
        (["--at", "before-xid", "7"], "--at before-xid 7: a transaction does not tell the base"),
        (["--at", "before-xid", "x", "--backup", "b"], "--at before-xid x: it names no transact"),
        (["--at", "before-xid"], "--at before-xid: it names no transaction; write before-xid N"),
        (["--at", "latest", "--for", "4"], "--for: '4' is not a duration; write a whole number"),
        (["--at", "latest", "--from", "offsite"], "offsite: the environment has no off-site copy"),
        (["--at", "latest", "--generation", "2"], "databases.n8n: it has no generation 2; write"),
        (["--remove", "x"], "clone x: n8n-postgres has no such clone; there is none"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_before_anything_is_made(
    kube: Clones, stacks: Stacks, arguments: list[str], sentence: str
) -> None:
    said = stacks("inspect", "homelab", "n8n", *arguments)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith(sentence)
    assert kube.made == []


def test_a_time_in_the_window_is_restored_in_utc(
    kube: Clones, stacks: Stacks, surveyed: list[Archive]
) -> None:
    time = "2026-11-30 11:30:00+01:00"
    said = stacks("inspect", "homelab", "n8n", "--at", *time.split(), "--query", "select 1")
    assert said.returncode == 0
    (cluster,) = (one for one in kube.made if one["kind"] == "Cluster")
    target = {"targetTime": "2026-11-30T10:30:00.000000+00:00"}
    assert cluster["spec"]["bootstrap"]["recovery"]["recoveryTarget"] == target
    assert [one.server for one in surveyed] == ["n8n-postgres"]


@pytest.mark.usefixtures("surveyed")
def test_a_time_after_a_damaged_base_backup_starts_from_the_one_before(
    kube: Clones, stacks: Stacks
) -> None:
    time = "2026-11-30T10:55:00Z"
    said = stacks("inspect", "homelab", "n8n", "--at", time, "--query", "select 1")
    assert said.returncode == 0
    (cluster,) = (one for one in kube.made if one["kind"] == "Cluster")
    target = {"targetTime": "2026-11-30T10:55:00.000000+00:00", "backupID": "first"}
    assert cluster["spec"]["bootstrap"]["recovery"]["recoveryTarget"] == target


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["2026-11-30T11:00:00.000001Z"], "no archived transaction ended after it; the latest"),
        (["2026-11-30T09:59:59Z"], "it is before 2026-11-30 10:00:00+00:00, the end of the old"),
        (["2026-11-30T10:30:00"], "it has no time zone; write 2026-11-30T10:30:00.000000+00:00"),
        (["yesterday"], "targetTime yesterday: it is not a time; write one as 2026-11-30 11:00"),
        (
            ["latest", "--backup", "torn"],
            "base backup torn: data.tar is missing; write one of first",
        ),
        (["before-xid", "7", "--backup", "x"], "--backup x: the archive has no such base backup"),
    ],
)
def test_a_target_out_of_reach_is_refused_before_anything_is_made(
    kube: Clones,
    stacks: Stacks,
    surveyed: list[Archive],
    arguments: list[str],
    sentence: str,
) -> None:
    said = stacks("inspect", "homelab", "n8n", "--at", *arguments)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert kube.made == []
    assert len(surveyed) == 1


def test_a_database_that_is_not_there_is_a_sentence(kube: Clones, stacks: Stacks) -> None:
    said = stacks("inspect", "homelab", "nope", "--at", "latest")
    assert said.stderr == "databases.nope: there is no such database; write one of n8n\n"
    assert kube.made == []


def test_clones_are_listed_extended_and_removed(kube: Clones, stacks: Stacks) -> None:
    stacks("inspect", "homelab", "n8n", "--at", "latest")
    name = _clone(kube)
    line = f"{name}: the end of the archive, from archive n8n-postgres; Cluster in healthy state; "
    assert stacks("inspect", "homelab", "n8n", "--list").stdout.startswith(f"{line}ends in 2")
    extended = stacks("inspect", "homelab", "n8n", "--extend", name, "--for", "10h")
    assert extended.stdout.startswith(f"{name}: it ends at ")
    (listed,) = json.loads(stacks("inspect", "homelab", "n8n", "--list", "--json").stdout)
    assert listed["clone"] == name
    assert "ends in 59" in stacks("inspect", "homelab", "n8n", "--list").stdout
    assert stacks("inspect", "homelab", "n8n", "--remove", name).stderr == f"{name}: removed\n"
    assert stacks("inspect", "homelab", "n8n", "--list").stdout == ""


def test_the_end_of_the_archive_begins_with_a_base_backup_that_is_whole(
    kube: Clones, stacks: Stacks
) -> None:
    """CloudNativePG would begin with 'torn', which ended later."""
    assert stacks("inspect", "homelab", "n8n", "--at", "latest").returncode == 0
    (cluster,) = (it for (kind, _, _), it in kube.there.items() if kind == "Cluster")
    assert cluster["spec"]["bootstrap"]["recovery"]["recoveryTarget"] == {"backupID": "first"}
