"""An archive that is damaged or out of reach: `restore` says it before anything is made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks.command import Fault
from stacks.recovery.window import Survey
from tests.stacks.recovery.test_restore import (
    CANDIDATE,
    HELD,
    LIVES,
    NOTHING,
    Cluster,
    _planned,
    _written,
)

TORN: Mapping[str, Any] = {
    "id": "20261128T020000",
    "end": "2026-11-28T02:05:00+00:00",
    "fault": "data.tar is missing",
}
"""A base backup that CloudNativePG finds, and that cannot be restored."""


def _held(*backups: Mapping[str, Any], **more: Any) -> dict[str, Survey]:
    """Return the first generation's archive with further base backups, and other findings."""
    found = {**HELD.found, **more, "backups": [*HELD.found["backups"], *backups]}
    return {"n8n-postgres": Survey(found)}


def _last(backup: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**backup, "end": "2026-11-29T09:00:00+00:00"}


@pytest.mark.parametrize(
    ("torn", "time", "named"),
    [
        ([TORN], "2026-11-28T10:00:00Z", "20261101T020000"),
        ([_last(TORN)], "2026-11-29T10:00:00Z", "20261129T020000"),
        ([TORN], "2026-11-27T10:00:00Z", None),
        ([TORN], "2026-11-29T10:00:00Z", None),
        ([], "2026-11-28T10:00:00Z", None),
    ],
)
def test_a_time_after_a_damaged_base_backup_starts_from_the_one_before(
    torn: list[Mapping[str, Any]],
    time: str,
    named: str | None,
    homelab: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", time]
    planned, _ = _planned(monkeypatch, LIVES, *given, held=_held(*torn))
    (entry,) = _written(planned).database("n8n").generations
    assert entry.model_dump()["backup"] == named


def test_a_base_backup_may_be_named_whose_content_alone_is_damaged(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = ["2026-11-29T10:00:00Z", "--backup", "20261101T020000"]
    planned, _ = _planned(monkeypatch, LIVES, "restore", str(homelab), "n8n", "--to", *time)
    (entry,) = _written(planned).database("n8n").generations
    assert entry.model_dump()["backup"] == "20261101T020000"


@pytest.mark.parametrize("fault", ["data.tar is missing", "it is FAILED"])
@pytest.mark.parametrize("latest", [HELD.found["windows"][0]["latest"], None])
def test_everything_begins_with_a_whole_base_backup_that_is_named(
    fault: str, latest: str | None, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudNativePG would begin with the newest one that has an end."""
    windows = [{**HELD.found["windows"][0], "latest": latest}]
    held = _held(_last({**TORN, "fault": fault}), windows=windows)
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    planned, _ = _planned(monkeypatch, LIVES, *given, held=held)
    (entry,) = _written(planned).database("n8n").generations
    assert (entry.model_dump()["backup"], entry.model_dump()["latest"]) == ("20261129T020000", True)


def test_everything_may_begin_with_an_older_base_backup(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--backup", "20261101T020000"]
    planned, _ = _planned(monkeypatch, LIVES, *given)
    (entry,) = _written(planned).database("n8n").generations
    assert (entry.model_dump()["backup"], entry.model_dump()["latest"]) == ("20261101T020000", True)


def test_what_a_missing_segment_or_history_cuts_off_is_said(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps = [
        {"first": f"0000000100000000000000{first}", "last": f"0000000100000000000000{last}"}
        for first, last in (("11", "12"), ("43", "44"))
    ]
    held = _held(gaps=gaps, missing_history="00000002.history")
    given = ["restore", str(homelab), "n8n", "--to", "latest"]
    planned, _ = _planned(monkeypatch, LIVES, *given, held=held)
    assert [*planned.notes] == [
        "databases.n8n: the latest possible moment is 2026-11-29 12:00:00.999999+00:00; what is "
        "committed later and not archived yet does not come back",
        "databases.n8n: WAL 000000010000000000000043 to 000000010000000000000044 is missing in "
        "the archive; what is archived after it does not come back",
        "databases.n8n: 00000002.history is missing in the archive; what is archived from its "
        "timeline on does not come back",
    ]


def test_a_time_between_two_windows_is_refused(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = {
        **HELD.found["windows"][0],
        "earliest": "2026-11-29T20:00:00+00:00",
        "latest": "2026-11-29T21:00:00+00:00",
    }
    held = _held(windows=[*HELD.found["windows"], later])
    given = ["restore", str(homelab), "n8n", "--to", "2026-11-29T15:00:00Z"]
    with pytest.raises(Fault, match="WAL is missing there: the archive restores to 2026-11-29 12"):
        _planned(monkeypatch, LIVES, *given, held=held)


@pytest.mark.parametrize(
    ("fault", "fix"),
    [
        ("it refuses the keys (InvalidAccessKeyId)", "fix Secret n8n-postgres-backup-s3"),
        ("its certificate is not trusted (self-signed)", "fix its CA"),
        ("the bucket does not exist", "correct its name"),
        ("it does not answer (timed out)", "see that it runs"),
    ],
)
def test_a_store_that_cannot_be_read_is_said_and_nothing_is_written(
    fault: str, fix: str, homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = homelab.read_bytes()
    given = ["restore", str(homelab), "n8n", "--to", "latest", "--write"]
    held = {"n8n-postgres": Fault("https://s3.example.org/archive", fault, fix)}
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, LIVES, *given, held=held)
    assert str(refused.value) == f"https://s3.example.org/archive: {fault}; {fix}"
    assert homelab.read_bytes() == before


def test_after_a_restore_that_failed_the_next_one_has_the_same_source(
    homelab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failed one was made active at once, so that its empty archive is the active one's."""
    path = str(homelab)
    latest = ["restore", path, "n8n", "--to", "latest", "--at-once"]
    _written(_planned(monkeypatch, LIVES, *latest)[0])
    archives = {"n8n-postgres-g2": NOTHING, "n8n-postgres-g3": NOTHING, "n8n-postgres": HELD}
    with pytest.raises(Fault) as refused:
        _planned(monkeypatch, Cluster(*CANDIDATE), *latest, held=archives)
    assert str(refused.value) == (
        "--to latest: the archive holds no base backup with all of its WAL; restore from another "
        "archive, by --from or --generation"
    )
    given = [*latest, "--generation", "1"]
    spec = _written(_planned(monkeypatch, Cluster(*CANDIDATE), *given, held=archives)[0]).database(
        "n8n"
    )
    assert [it.restored and it.restored.source for it in spec.lineage[1:]] == [1, 1]
    assert [it.state for it in spec.lineage] == ["stopped", "stopped", "active"]
