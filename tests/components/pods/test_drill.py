"""A drill says of each fault what it is: the archive's, an objective's, or its own."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from components.pods import drill, drill_scratch, window
from components.pods.drill_archive import Archive
from components.pods.drill_run import Killed, Run
from components.pods.evidence import STATUS, read
from components.pods.job import Refusal
from components.pods.overlaps import Overlap
from components.pods.s3 import Fault, Store
from components.pods.wal import segment_name
from tests.drills import (
    CLUSTERS,
    HEALTHY,
    JOBS,
    NOW,
    RECORD,
    SETTING_UP,
    SIZE,
    World,
    instance,
    log_line,
    recovering,
)
from tests.s3 import ClientError
from tests.tars import flipped, tarred

Break = Callable[[World], object]


def _outcomes(found: Any) -> dict[str, str]:
    return {it.name: it.outcome for it in found.proofs}


def _drop(world: World, *words: str) -> None:
    for key in [key for key in world.archive.objects if any(word in key for word in words)]:
        del world.archive.objects[key]


def _refuse(world: World, code: str) -> None:
    world.archive.fails["list_objects_v2"] = ClientError(code)


def _foreign(world: World) -> None:
    world.system = "66"


def _never_archived(world: World) -> None:
    world.archives = False


def _ended_before(world: World, number: int) -> None:
    """Let recovery end with the WAL that it got: that is the end of the archive to PostgreSQL."""
    world.kube.on = lambda *_: world.running.answers.update(
        {"pg_read_file": [(f"1\t0/{number * SIZE:X}\tno target\n",)]}
    )


def _store_away_half_way(world: World) -> None:
    """Let recovery end before the segment with the nonce."""
    _ended_before(world, 5)
    ended = world.kube.on

    def on(method: str, path: str) -> None:
        ended(method, path)
        world.running.nonces.pop("fresh", None)

    world.kube.on = on


def _damaged_record(world: World) -> None:
    """Let a segment have its length, and something else in it."""
    _store_away_half_way(world)
    world.replayable = False


def _missing(world: World) -> None:
    _drop(world, segment_name(1, 4, SIZE))
    _ended_before(world, 4)


def _damaged(world: World) -> None:
    world.kube.states[3:] = [(SETTING_UP, [recovering("Failed")])]
    world.kube.log += log_line(30, "could not read block 7", error_severity="FATAL")


def _barman(world: World, *lines: str, container: str = "sidecar") -> None:
    """Let the restore of the base backup end with these lines of Barman's, and the plugin's."""
    started = {"initContainerStatuses": [{"name": "plugin-barman-cloud", "state": {}}]}
    pod = recovering("Failed", **(started if container == "sidecar" else {}))
    world.kube.states[3:] = [(SETTING_UP, [pod])]
    said = {"level": "info", "logger": "barman-cloud-restore", "pipe": "stderr"}
    whole = "".join(json.dumps({**said, "msg": line}) + "\n" for line in lines)
    setattr(world.kube, container, getattr(world.kube, container) + whole)
    rpc = "rpc error: code = Unknown desc = General error (exit code 4)"
    failed = {"level": "error", "msg": "Error while restoring a backup", "error": rpc}
    world.kube.log += json.dumps(failed) + "\n"


_TAR = (  # barman 3.20.0
    "tar: Unexpected EOF in archive",
    "tar: Unexpected EOF in archive",
    "tar: Error is not recoverable: exiting now",
    "2026-11-30 07:14:28,720 [32416] ERROR: Barman cloud restore exception: tar extraction into "
    "/var/lib/postgresql/data/pgdata exited with code 2",
)


def _cut(world: World) -> None:
    _barman(world, *_TAR)


def _cut_in_tree(world: World) -> None:
    """Let CloudNativePG itself run barman, here 3.19.1."""
    _barman(
        world,
        "2026-11-30 07:15:03,733 [3193] ERROR: Barman cloud restore exception: 767819776 read, but "
        "total bytes expected is 3122114560.",
        container="log",
    )


_DATA = "db/base/20261129T030000/data.tar.gz"


def _damaged_in_the_middle(world: World) -> None:
    _cut(world)
    world.archive.put(_DATA, flipped("tar.gz", tarred("tar.gz")))


def _truncated(world: World) -> None:
    _cut_in_tree(world)
    whole = world.archive.objects[_DATA]["data"]
    world.archive.put(_DATA, whole[: len(whole) // 2])


def _cut_and_away(world: World) -> None:
    """Let the store give its small objects only."""
    _cut(world)

    def read(key: str) -> None:
        if key == _DATA:
            raise ClientError("503", "slow down")

    world.archive.on_get = read


def _no_archive(world: World) -> None:
    """Let the whole object be something else, as barman 3.20.0 says it."""
    _barman(
        world,
        "tar: This does not look like a tar archive",
        "tar: Exiting with failure status due to previous errors",
        _TAR[-1],
    )


def _seal(world: World) -> None:
    """Let the store list all, and decrypt nothing."""
    sealed = ClientError("UnknownError", "Failed to retrieve the actual key")
    world.archive.fails["get_object"] = sealed


def _sealed_half_way(world: World) -> None:
    _damaged(world)
    world.kube.on = lambda *asked: _seal(world) if asked == ("POST", CLUSTERS) else None


def _removed_half_way(world: World) -> None:
    """Let the retention remove the base backup that is restored."""
    _damaged(world)
    world.kube.on = lambda *asked: _drop(world, "/base/") if asked == ("POST", CLUSTERS) else None


def _twice(world: World) -> None:
    """Drill to the end, and to a moment: the next one goes to the end again."""
    world.drill()
    world.drill()


def _shrunken(world: World) -> None:
    _twice(world)
    world.running.tables["public.members"] = 899


def _check(answer: Any) -> Break:
    def made(world: World) -> None:
        world.running.checks = dict.fromkeys(world.running.checks, answer)

    return made


def _no_room(world: World) -> None:
    pod = recovering("Pending")
    why = {"reason": "Unschedulable", "message": "0/2 nodes are available"}
    pod["status"] |= {
        "conditions": [{"type": "PodScheduled", "status": "False", **why}],
        "containerStatuses": [],
    }
    world.kube.states = [(SETTING_UP, [pod])]


def _never_ready(world: World) -> None:
    world.kube.states = [(SETTING_UP, [instance()])]


def _endless(world: World) -> None:
    world.kube.states = [(SETTING_UP, [recovering()])]


def _slow(world: World, seconds: float) -> None:
    def tick(query: str) -> None:
        if "server_version_num" in query:
            world.clock.at += seconds

    world.running.on = tick


def _late(world: World) -> None:
    """Let the nonce come one second after its objective: it takes two."""
    world.settings["rpo_seconds"] = 1


def _acts(world: World) -> None:
    plugins = [{"name": "barman", "enabled": True}]
    world.settings["scratch"]["archive"] = {
        **world.settings["scratch"]["archive"],
        "spec": world.settings["scratch"]["archive"]["spec"] | {"plugins": plugins},
    }


_TABLE: Mapping[str, tuple[Break, str, str, str]] = {
    "archive empty": (
        lambda world: _drop(world, "db/"),
        "failed",
        "none",
        "base backup: https://source/archive/db has no whole base backup; make one",
    ),
    "a base backup without its data": (
        lambda world: _drop(world, "data.tar"),
        "failed",
        "none",
        "has no whole base backup (data.tar is missing)",
    ),
    "archive stale": (
        _never_archived,
        "failed",
        "consistent",
        "nonce in the archive: WAL 000000010000000000000006 with the newest nonce is not in",
    ),
    "archive of another cluster": (
        _foreign,
        "failed",
        "started",
        "archive's system identifier: https://source/archive/db has base backups of 77, and",
    ),
    "one segment missing": (
        _missing,
        "failed",
        "started",
        "WAL: 1 segments are missing in https://source/archive/db, 000000010000000000000004",
    ),
    "damaged base backup": (
        _damaged,
        "failed",
        "none",
        "restores: it cannot be restored (could not read block 7)",
    ),
    "no base backup in its object": (
        _no_archive,
        "failed",
        "none",
        "restores: it cannot be restored (tar: This does not look like a tar archive; tar: Exiting",
    ),
    "a gateway that cuts a long read": (
        _cut,
        "unverified",
        "none",
        "exited with code 2), and its objects are sound: its store cut the request; let the store",
    ),
    "a gateway that cuts a long read, in-tree": (
        _cut_in_tree,
        "unverified",
        "none",
        "767819776 read, but total bytes expected is 3122114560.), and its objects are sound",
    ),
    "a base backup that is damaged in its middle": (
        _damaged_in_the_middle,
        "failed",
        "none",
        f"read the base backup through: it cannot be restored ({_DATA} is damaged before byte ",
    ),
    "a base backup that is truncated in its store": (
        _truncated,
        "failed",
        "none",
        "(Compressed file ended before the end-of-stream marker was reached)); make a base backup",
    ),
    "a base backup that cannot be read": (
        _cut_and_away,
        "unverified",
        "none",
        "exited with code 2), and whether it is damaged is not known: https://source/archive: it "
        "gives 0 of ",
    ),
    "shrunken table": (
        _shrunken,
        "failed",
        "recent",
        "rows of app.public.members: it has 899 rows and had 1000",
    ),
    "a check that is false": (
        _check([(False,)]),
        "failed",
        "recent",
        "check floor: it returns false",
    ),
    "a check that errors": (
        _check(Refusal('relation "members" does not exist; see whether the source answers')),
        "failed",
        "recent",
        'check floor: relation "members" does not exist',
    ),
    "a check that returns rows": (
        _check([("Ada",), ("Bob",)]),
        "failed",
        "recent",
        "check floor: it returns several rows",
    ),
    "a check that returns a text": (
        _check([("Ada",)]),
        "failed",
        "recent",
        "check floor: it returns neither true or false nor a number",
    ),
    "the scratch server acts": (
        _acts,
        "failed",
        "started",
        "inert: the scratch server hands WAL to barman",
    ),
    "keys refused": (
        lambda world: _refuse(world, "AccessDenied"),
        "unverified",
        "none",
        "https://source/archive: it refuses the keys (AccessDenied); fix Secret keys",
    ),
    "wrong bucket": (
        lambda world: _refuse(world, "NoSuchBucket"),
        "unverified",
        "none",
        "https://source/archive: the bucket does not exist; correct its name",
    ),
    "KMS sealed": (
        _seal,
        "unverified",
        "none",
        "https://source/archive: its KMS gives no key (UnknownError); unseal it",
    ),
    "KMS sealed half-way": (
        _sealed_half_way,
        "unverified",
        "none",
        "https://source/archive: its KMS gives no key (UnknownError); unseal it",
    ),
    "base backup removed half-way": (
        _removed_half_way,
        "unverified",
        "none",
        "db/base/20261129T030000/backup.info was removed meanwhile; run it again",
    ),
    "no node has room": (
        _no_room,
        "unverified",
        "none",
        "Cluster drill: it waits for a node and a volume for more than 900 s (Unschedulable 0/2",
    ),
    "restore never ready": (
        _never_ready,
        "unverified",
        "none",
        "Cluster drill: it starts PostgreSQL for more than 900 s",
    ),
    "restore never ends": (
        _endless,
        "unverified",
        "none",
        "deadline: Cluster drill restores for longer than the 1200 s that a drill may take",
    ),
    "a segment with a damaged record": (
        _damaged_record,
        "failed",
        "started",
        "it ended with WAL 000000010000000000000004: no record can be read at 0/00500000 of it in",
    ),
    "store away half-way": (
        _store_away_half_way,
        "unverified",
        "started",
        "https://source/archive: the restore ended with WAL 000000010000000000000004, and the next",
    ),
    "restored one second too late": (
        lambda world: _slow(world, 897),
        "missed",
        "yours",
        "restore time: it took 901 s, and the objective is 900 s",
    ),
    "archived one second too late": (
        _late,
        "missed",
        "yours",
        "data at risk: it took 2 s, and the objective is 1 s",
    ),
    "the watch is away": (
        lambda world: setattr(world, "watch_away", True),
        "unverified",
        "consistent",
        "http://shop-watch: it does not answer; see its log",
    ),
    "no quota": (
        lambda world: world.kube.refuses.update({"POST": (403, "exceeded quota: q")}),
        "unverified",
        "none",
        "the API server answers 403 (exceeded quota: q); raise the quota",
    ),
    "a webhook refuses": (
        lambda world: world.kube.refuses.update({"POST": (422, "denied the request: x")}),
        "unverified",
        "none",
        "the API server answers 422 (denied the request: x)",
    ),
    "the Cluster cannot be": (
        lambda world: setattr(
            world.kube, "states", [({"phase": "Invalid cluster definition"}, [])]
        ),
        "unverified",
        "none",
        "Cluster drill: Invalid cluster definition",
    ),
}


def test_a_whole_archive_passes_with_all_that_was_asked(world: World) -> None:
    found = world.drill()
    assert (found.verdict, found.rung, found.reason) == ("passed", "yours", "")
    assert set(_outcomes(found).values()) == {"proved"}
    assert (found.archived_seconds, found.restore_seconds) == (2, 4)
    assert {it.name: it.seconds for it in found.phases} == {
        "schedule": 2,
        "volume": 3,
        "base backup": 20,
        "replay": 30,
        "ready": 0,
        "first query": 0,
    }
    assert found.bounded_by == "replay, with 30 s of 55.0 s (55%)"
    assert found.rows == {"app.public.members": 1000, "app.public.orders": 50}
    assert read(json.loads(json.dumps(found.json))) == found


@pytest.mark.parametrize("fault", _TABLE)
def test_each_fault_has_its_verdict_and_its_rung(world: World, fault: str) -> None:
    break_it, verdict, rung, reason = _TABLE[fault]
    break_it(world)
    found = world.drill()
    assert (found.verdict, found.rung) == (verdict, rung), found.reason
    assert reason in found.reason
    assert "Ada" not in json.dumps(found.json)
    assert f"{CLUSTERS}/drill" not in world.kube.objects
    assert "running" not in world.record
    assert world.record["restore"]["verdict"] == verdict


def test_a_server_on_a_timeline_that_the_archive_had_is_refuted(world: World) -> None:
    world.running.answers["pg_walfile_name"] = [(segment_name(1, 6, SIZE),)]
    found = world.drill()
    assert (found.verdict, found.rung) == ("failed", "started")
    assert "timeline: it is 1, and the archive had 1 already" in found.reason


def test_an_objective_that_is_met_to_the_second_is_kept(world: World) -> None:
    _slow(world, 896)
    world.settings["rpo_seconds"] = 2
    found = world.drill()
    assert (found.restore_seconds, found.archived_seconds) == (900, 2)
    assert found.verdict == "passed"


def test_the_server_has_no_client_left_when_it_is_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL would wait for one to leave, and the drill for PostgreSQL."""
    left: list[bool] = []
    remove = drill_scratch.Scratch.remove

    def removed(scratch: drill_scratch.Scratch) -> str:
        left.append(not world.running.closed)
        return remove(scratch)

    monkeypatch.setattr(drill_scratch.Scratch, "remove", removed)
    assert world.drill().verdict == "passed"
    assert left == [False]


def test_the_first_refutation_decides_and_the_others_are_still_asked(world: World) -> None:
    _missing(world)
    _check([(False,)])(world)
    found = world.drill()
    refuted = [name for name, outcome in _outcomes(found).items() if outcome == "refuted"]
    assert refuted == ["WAL", "end of recovery", "check floor"]
    assert found.reason.startswith("WAL: ")


def test_without_a_check_nothing_of_the_users_was_asked(world: World) -> None:
    world.settings["checks"] = {}
    found = world.drill()
    assert (found.verdict, found.rung) == ("passed", "recent")


def test_a_number_that_a_check_returns_is_kept_and_compared_with_the_last(world: World) -> None:
    _check([(41,)])(world)
    world.drill()
    _check([(42.5,)])(world)
    found = world.drill()
    (check,) = [it for it in found.proofs if it.name == "check floor"]
    assert (found.verdict, check.value, check.baseline) == ("passed", 42.5, 41)


@pytest.mark.parametrize("rows", [900, 2000])
def test_a_table_may_lose_a_tenth_of_its_rows(world: World, rows: int) -> None:
    _twice(world)
    world.running.tables["public.members"] = rows
    assert world.drill().verdict == "passed"


def test_a_table_that_is_gone_is_refuted(world: World) -> None:
    _twice(world)
    del world.running.tables["public.orders"]
    assert "rows of app.public.orders: it is gone and had 50 rows" in world.drill().reason


def test_a_table_that_may_shrink_may_be_gone(world: World) -> None:
    _twice(world)
    del world.running.tables["public.orders"]
    world.settings["may_shrink"] = {"public.orders": "a queue"}
    assert world.drill().verdict == "passed"


@pytest.mark.parametrize("quoted", ['public."user"', 'public."Sessions"', 'shop."a b"'])
def test_a_table_whose_name_sql_quotes_may_shrink_by_its_name(world: World, quoted: str) -> None:
    name = quoted.replace('"', "")
    world.running.tables[quoted] = 100
    _twice(world)
    world.running.tables[quoted] = 1
    assert f"rows of app.{name}: it has 1 rows" in world.drill().reason
    world.settings["may_shrink"] = {name: "they expire"}
    assert world.drill().verdict == "passed"


def test_a_partition_that_is_dropped_is_not_a_table_that_is_gone(world: World) -> None:
    for month in range(12):
        world.running.tables[f"public.log_{month}"] = 100
        world.running.partitions[f"public.log_{month}"] = "public.log"
    _twice(world)
    del world.running.tables["public.log_0"]
    world.running.tables["public.log_12"] = 40
    world.running.partitions["public.log_12"] = "public.log"
    found = world.drill()
    assert (found.verdict, found.rows["app.public.log"]) == ("passed", 1140)
    world.drill()
    del world.running.tables["public.log_1"]
    del world.running.tables["public.log_2"]
    assert "rows of app.public.log: it has 940 rows and had 1140" in world.drill().reason


def test_the_tables_that_are_compared_are_counted_however_many_are_larger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.pods.drill_proofs._COUNTED", 2)
    _twice(world)
    world.running.tables = {"public.new": 5, "public.newer": 5} | world.running.tables
    found = world.drill()
    assert (found.verdict, set(found.rows)) == (
        "passed",
        {"app.public.members", "app.public.orders"},
    )


def test_the_evidence_of_the_longest_names_is_in_the_record(world: World) -> None:
    """All tables were there, and all are gone: the worst that can be is written, too."""
    word = "\N{CYRILLIC SMALL LETTER YA}" * 31  # and 63 bytes are the most that a name has
    world.running.tables = {f"{word}.{word[4:]}{n:08}": 10**9 for n in range(1200)}
    world.settings["application"] = {"database": word, "owner": "app"}
    world.settings["checks"] = {}
    for depth in ("restore", "restore", "deep"):
        assert len(world.drill(depth).rows) == 1000
    world.running.tables = {"public.a": 1}
    for depth in ("restore", "deep"):
        assert world.drill(depth).verdict == "failed"
        assert world.record[depth]["verdict"] == "failed"
    data = world.kube.objects[RECORD]["data"]
    assert set(data) == {"restore", "deep", "good-restore", "good-deep", "history"}
    assert sum(len(it.encode()) for it in data.values()) < 1 << 20


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_a_check_that_returns_no_finite_number_is_refuted(world: World, number: str) -> None:
    """JSON has none, so no reader would take the evidence."""
    _check([(Decimal(number),)])(world)
    found = world.drill()
    assert "check floor: it returns neither true or false nor a number" in found.reason
    json.dumps(found.json, allow_nan=False)


def test_rows_are_not_compared_with_a_drill_to_a_later_moment(world: World) -> None:
    world.drill()
    world.running.tables["public.members"] = 1
    found = world.drill(to=(NOW - timedelta(hours=2)).isoformat())
    assert (found.verdict, found.rows["app.public.members"]) == ("passed", 1)


@pytest.mark.parametrize(("most", "verdict"), [(2, "passed"), (1, "missed")])
def test_a_copy_may_be_later_than_the_archive(world: World, most: int, verdict: str) -> None:
    """It has an RPO of its own, which comes after that of the archive."""
    world.with_copy()
    world.settings |= {"rpo_seconds": 1, "offsite_rpo_seconds": most}
    found = world.drill(store="offsite")
    assert (found.verdict, found.rpo_seconds, found.archived_seconds) == (verdict, most, 2)


def test_a_copy_that_there_is_none_of_is_said(world: World) -> None:
    found = world.drill(store="offsite")
    assert (found.verdict, found.reason) == (
        "unverified",
        "shop: it has no store offsite; name another one",
    )


def test_a_restore_in_turn_goes_to_the_end_and_to_a_moment_of_each_store(world: World) -> None:
    world.with_copy()
    seen = []
    for _ in range(5):
        target = world.drill().target
        entry = world.record["history"][-1]
        seen.append((entry["store"], target is not None))
    assert seen == [
        ("archive", False),
        ("offsite", False),
        ("archive", True),
        ("offsite", True),
        ("archive", False),
    ]


def test_a_moment_is_one_of_the_window_and_becomes_the_clusters_target(world: World) -> None:
    world.drill()
    found = world.drill()
    assert found.target
    assert found.earliest
    assert found.latest
    target = datetime.fromisoformat(found.target)
    assert datetime.fromisoformat(found.earliest) <= target
    assert target <= datetime.fromisoformat(found.latest)
    made = [body for method, path, body in world.kube.asked if (method, path) == ("POST", CLUSTERS)]
    assert made[-1]["spec"]["bootstrap"]["recovery"] == {
        "source": "source",
        "database": "app",
        "owner": "app",
        "recoveryTarget": {"backupID": found.versions["backup"], "targetTime": found.target},
    }
    begins = {"backupID": found.versions["backup"]}
    assert made[0]["spec"]["bootstrap"]["recovery"]["recoveryTarget"] == begins
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": "job-uid"}
    assert made[0]["metadata"]["ownerReferences"] == [owner]


def test_at_a_moment_older_nonces_are_there_and_later_ones_are_not(world: World) -> None:
    to = (NOW - timedelta(hours=2)).isoformat()
    found = world.drill(to=to)
    assert (found.verdict, found.rung) == ("passed", "yours")
    world.running.until = lambda: None
    assert "nonces: 1 from after the target are there, as fresh" in world.drill(to=to).reason
    world.running.until = lambda: NOW - timedelta(hours=40)
    assert "nonces: 1 from before the target are not there, as old" in world.drill(to=to).reason


def test_a_nonce_that_the_database_does_not_have_is_refuted(world: World) -> None:
    world.running.nonces["strange"] = NOW
    found = world.drill()
    assert "nonces: 1 are there that the database does not have, as strange" in found.reason


def test_without_an_older_nonce_a_moment_proves_nothing_recent(world: World) -> None:
    world.source = {}
    world.running.nonces = {}
    found = world.drill(to=(NOW - timedelta(hours=23)).isoformat())
    assert (found.verdict, found.rung) == ("passed", "consistent")


def test_a_moment_outside_of_the_window_is_not_tried(world: World) -> None:
    found = world.drill(to=(NOW - timedelta(days=9)).isoformat())
    assert found.verdict == "unverified"
    assert "it is not in the window of the archive" in found.reason


def _overlap(monkeypatch: pytest.MonkeyPatch, timeline: int, hours: int) -> None:
    """Have the timelines after one overlap with it for so many hours before now."""

    def overlapping(*given: Any) -> Mapping[str, Any]:
        found = window.examine(*given)
        twice = Overlap(timeline, NOW - timedelta(hours=hours), NOW + timedelta(hours=1))
        return {**found, "windows": [{**it, "overlaps": [twice.json]} for it in found["windows"]]}

    monkeypatch.setattr("components.pods.drill_archive.examine", overlapping)


@pytest.mark.parametrize(
    ("timeline", "hours", "verdict"),
    [(1, 3, "unverified"), (1, 1, "passed"), (0, 3, "passed")],
    ids=["in it", "before it", "from a base backup of the later timeline"],
)
def test_a_moment_that_two_timelines_have_is_not_tried(
    world: World, monkeypatch: pytest.MonkeyPatch, timeline: int, hours: int, verdict: str
) -> None:
    _overlap(monkeypatch, timeline, hours)
    found = world.drill(to=(NOW - timedelta(hours=2)).isoformat())
    assert found.verdict == verdict, found.reason
    assert ("name a moment that is not between" in found.reason) is (verdict == "unverified")


def test_a_moment_that_two_timelines_have_is_no_turn_of_its_kind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _overlap(monkeypatch, 1, 24 * 365)
    assert [world.drill().target, world.drill().target] == [None, None]


@pytest.mark.parametrize(
    ("hours", "verdict"), [(-1, "passed"), (1, "unverified")], ids=["before", "after"]
)
def test_an_idle_archive_is_restored_to_moments_before_the_nonce(
    world: World, monkeypatch: pytest.MonkeyPatch, hours: int, verdict: str
) -> None:
    """To one after it recovery would fail at the end of WAL, which accuses the archive."""
    monkeypatch.setattr(world, "lines", lambda _: iter(()))
    found = world.drill(to=(NOW + timedelta(hours=hours)).isoformat())
    assert (found.latest, found.verdict) == (None, verdict), found.reason
    assert (f"{CLUSTERS}/drill" in str(world.kube.asked)) is (verdict == "passed")


def test_an_idle_archive_without_a_nonce_is_restored_to_its_end_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "lines", lambda _: iter(()))
    world.watch_away = True
    world.drill(to=(NOW - timedelta(hours=1)).isoformat())
    assert f"{CLUSTERS}/drill" not in str(world.kube.asked)


def test_a_store_that_is_away_when_a_restore_fails_says_nothing_of_the_archive(
    world: World,
) -> None:
    _damaged(world)

    def read(_: str, path: str) -> None:
        if "/log" in path:
            world.archive.fails["get_object"] = ClientError("503")

    world.kube.on = read
    found = world.drill()
    assert (found.verdict, found.rung) == ("unverified", "none")


def test_a_full_volume_says_nothing_of_the_archive(world: World) -> None:
    _damaged(world)
    world.kube.log += log_line(31, "No space left on device", error_severity="PANIC")
    found = world.drill()
    assert found.verdict == "unverified"
    assert "it has no room (" in found.reason


def test_a_volume_that_barman_filled_says_nothing_of_the_archive(world: World) -> None:
    _barman(world, "tar: base/5/1259: Cannot write: No space left on device", *_TAR)
    found = world.drill()
    assert found.verdict == "unverified"
    assert "it has no room (" in found.reason


def test_what_barman_says_of_a_restore_that_it_finished_is_no_reason(world: World) -> None:
    _barman(world, "a warning")
    found = world.drill()
    assert "rpc error: code = Unknown desc = General error (exit code 4)" in found.reason


def test_a_look_restores_nothing_and_writes_nothing_into_the_source(world: World) -> None:
    found = world.drill("look")
    assert (found.verdict, found.rung) == ("passed", "none")
    assert (found.earliest, found.restore_seconds) == (
        (NOW - timedelta(hours=24)).isoformat(),
        None,
    )
    assert "fresh" not in world.source
    assert not [path for method, path, _ in world.kube.asked if method == "POST"]


@pytest.mark.parametrize(
    ("break_it", "verdict", "reason"),
    [
        (lambda it: _drop(it, "base/"), "failed", "base backup: https://source/archive/db has no"),
        (lambda it: _drop(it, segment_name(1, 4, SIZE)), "failed", "WAL: 1 segments are missing"),
        (_foreign, "failed", "archive's system identifier: "),
        (lambda it: it.archive.put("db/wals/00000003.history", "x"), "failed", "histories: 0000"),
        (lambda it: _refuse(it, "AccessDenied"), "unverified", "https://source/archive: it refu"),
        (lambda it: setattr(it, "watch_away", True), "unverified", "http://shop-watch: "),
    ],
)
def test_a_look_tells_what_the_listing_lacks(
    world: World, break_it: Break, verdict: str, reason: str
) -> None:
    if "history" in reason or "histories" in reason:
        segment = segment_name(3, 5, SIZE)
        world.archive.put(f"db/wals/{segment[:16]}/{segment}", bytes(SIZE))
    break_it(world)
    found = world.drill("look")
    assert (found.verdict, found.rung) == (verdict, "none")
    assert found.reason.startswith(reason)


def test_a_damaged_newest_segment_is_the_archives_fault(world: World) -> None:
    (key,) = [key for key in world.archive.objects if segment_name(1, 5, SIZE) in key]
    world.archive.put(key, "not gzip")
    found = world.drill("look")
    assert (found.verdict, found.reason.partition(" is damaged")[0][-4:]) == ("failed", "5.gz")


def test_the_end_of_an_archive_is_asked_for_in_one_listing(world: World) -> None:
    found = Archive(Store("source", world.settings["source"]), "db")
    world.archive.log.clear()
    found.end()
    assert world.archive.log == ["list_objects_v2"]


def test_a_gap_before_the_newest_base_backup_is_no_fault(world: World) -> None:
    world.back_up(world.archive, "20261129T200000", 5, hours=8)
    _drop(world, segment_name(1, 3, SIZE))
    assert world.drill("look").verdict == "passed"


def test_a_deep_drill_reads_every_relation_of_every_database(world: World) -> None:
    found = world.drill("deep")
    assert (found.verdict, found.rung) == ("passed", "yours")
    names = [
        name for name in _outcomes(found) if name.startswith(("pages", "collations", "data c"))
    ]
    assert names == [
        "data checksums",
        "pages of app",
        "collations of app",
        "pages of postgres",
        "collations of postgres",
    ]


@pytest.mark.parametrize(
    ("word", "answer", "reason"),
    [
        ("data_checksums", [("off",)], "data checksums: they are off; enable them"),
        ("verify_heapam", [(7, "bad tuple")], "pages of app: members: block 7, bad tuple; "),
        (
            "bt_index_check",
            Refusal("item order invariant violated; see whether the source answers the same"),
            "pages of app: members_pkey: item order invariant violated; ",
        ),
        ("collversion", [("database app", "2.36", "2.41")], "collations of app: database app 2.36"),
    ],
)
def test_damage_that_a_deep_drill_reads_is_a_failure(
    world: World, word: str, answer: Any, reason: str
) -> None:
    world.running.answers[word] = answer
    found = world.drill("deep")
    assert (found.verdict, found.rung) == ("failed", "started")
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "step", ["look into", "write a", "create", "waits for", "restores", "ask the", "compare"]
)
def test_a_drill_that_is_killed_says_at_which_step_and_removes_what_it_made(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Run.step

    def killed(run: Run, name: str) -> None:
        made(run, name)
        if name.startswith(step):
            run.killed = True
            raise Killed

    monkeypatch.setattr(Run, "step", killed)
    found = world.drill()
    assert (found.verdict, f": it was killed at {step}" in found.reason) == ("unverified", True)
    assert f"{CLUSTERS}/drill" not in world.kube.objects
    assert set(world.record) == {"restore", "history"}


def test_the_signal_ends_it_though_a_library_makes_another_error_of_it(world: World) -> None:
    def signalled(query: str) -> None:
        if "pg_control_system" in query:
            try:
                world.made.killed()
            except Killed:
                raise Fault("drill-rw: the connection is lost; see its log") from None

    world.running.on = signalled
    assert "it was killed at ask the restored server" in world.drill().reason


@pytest.mark.parametrize("uid", ["gone-uid", None])
def test_the_next_drill_writes_the_evidence_of_one_that_could_not(
    world: World, uid: str | None
) -> None:
    running = {"id": "shop-restore-20261130T032300Z", "job": "older", "step": "restores"}
    if uid:
        world.kube.put(f"{JOBS}/older", metadata={"uid": "another"})
        running["uid"] = uid
    world.kube.objects[RECORD]["data"] = {"running": json.dumps(running)}
    world.drill("look")
    killed = world.record["restore"]
    assert (killed["id"], killed["verdict"]) == (running["id"], "unverified")
    assert "it was killed at restores" in killed["reason"]
    assert [it["depth"] for it in world.record["history"]] == ["restore", "look"]
    assert "good-restore" not in world.record


def _other(world: World) -> None:
    """Let another Job restore into the Cluster."""
    owner = {"kind": "Job", "name": "other", "uid": "other-uid"}
    world.kube.put(f"{JOBS}/other", metadata={"uid": "other-uid"})
    world.kube.put(f"{CLUSTERS}/drill", metadata={"ownerReferences": [owner]})


def test_of_two_drills_at_once_the_later_one_waits(world: World) -> None:
    _other(world)

    def ended() -> None:
        if world.clock.at > 1100:
            world.kube.objects.pop(f"{JOBS}/other", None)

    world.clock.ticks.append(ended)
    found = world.drill()
    assert (found.verdict, found.restore_seconds) == ("passed", 4)
    assert world.clock.at > 1100
    deleted = [body for method, _, body in world.kube.asked if method == "DELETE"]
    assert len({it["preconditions"]["uid"] for it in deleted}) == 2


def test_a_drill_that_waits_for_another_for_too_long_could_not_verify(world: World) -> None:
    _other(world)
    found = world.drill()
    assert found.verdict == "unverified"
    assert "deadline: it waits for other, which restores into Cluster drill" in found.reason
    assert f"{CLUSTERS}/drill" in world.kube.objects


def test_a_look_does_not_wait_for_a_restore_of_the_same_database(world: World) -> None:
    running = json.dumps({"id": "shop-restore-20261130T032300Z", "job": "other", "step": "x"})
    world.kube.put(f"{JOBS}/other")
    world.kube.objects[RECORD]["data"] = {"running": running}
    assert world.drill("look").verdict == "passed"
    assert world.record["running"]["job"] == "other"
    assert "restore" not in world.record


def test_a_restore_waits_for_another_of_the_same_database(world: World) -> None:
    running = json.dumps({"id": "shop-deep-20261130T032300Z", "job": "other", "step": "x"})
    world.kube.put(f"{JOBS}/other", status={"conditions": []})
    world.kube.objects[RECORD]["data"] = {"running": running}
    found = world.drill()
    assert "deadline: shop-deep-20261130T032300Z runs for longer than" in found.reason


def test_what_cannot_be_removed_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.kube.keeps = True
    found = world.drill()
    assert "persistentvolumeclaims drill-1 after 240 s; remove it" in found.left_behind
    assert "LEFT BEHIND: tier0-drills: persistentvolumeclaims drill-1" in capsys.readouterr().out


def test_a_killed_drill_leaves_time_to_write_its_record(world: World) -> None:
    world.kube.keeps = True
    world.running.on = lambda _: world.made.killed()
    found = world.drill()
    assert found.left_behind.endswith("after 30 s; remove it")
    assert "it was killed at " in world.record["restore"]["reason"]


def test_an_unexpected_error_is_evidence_too(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.running.answers["server_version_num"] = ZeroDivisionError()
    found = world.drill()
    assert found.verdict == "unverified"
    assert "ZeroDivisionError at ask the restored server; report it" in found.reason
    assert "Traceback" in capsys.readouterr().err
    assert f"{CLUSTERS}/drill" not in world.kube.objects


def test_a_dry_run_changes_nothing(world: World) -> None:
    world.with_copy()
    found = world.drill(dry=True)
    assert found.dry, "else it stands for a restore"
    assert (found.verdict, found.rung) == ("passed", "none")
    assert world.record == {}
    assert "fresh" not in world.source
    changes = [(method, path) for method, path, _ in world.kube.asked if method != "GET"]
    assert changes == [("POST", f"{CLUSTERS}?dryRun=All")]
    assert {"store archive", "store offsite"} <= _outcomes(found).keys()


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda it: _drop(it, "base/"), "has no whole base backup"),
        (_other, "Cluster tier0-drills/drill: it exists, and other restores into it"),
        (lambda it: setattr(it, "watch_away", True), "http://shop-watch: it does not answer"),
        (lambda it: it.kube.refuses.update({"POST": (403, "exceeded quota")}), "raise the quota"),
    ],
)
def test_a_dry_run_that_finds_a_fault_could_not_verify(
    world: World, break_it: Break, reason: str
) -> None:
    break_it(world)
    found = world.drill(dry=True)
    assert found.verdict == "unverified"
    assert reason in found.reason


@pytest.mark.parametrize(
    ("break_it", "verdict"),
    [(lambda _: None, "passed"), (_late, "missed"), (_missing, "failed"), (_no_room, "unverified")],
)
def test_the_last_line_is_the_evidence_and_the_status_its_verdict(
    world: World,
    break_it: Break,
    verdict: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_it(world)
    monkeypatch.setenv("JOB_NAME", "job")
    monkeypatch.setenv("JOB_UID", "job-uid")
    with pytest.raises(SystemExit) as ended:
        drill.main(world.settings, {})
    assert ended.value.code == STATUS[verdict]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert read(last).verdict == verdict


def test_a_record_that_cannot_be_written_is_said_and_the_evidence_printed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.kube.states[-1] = (HEALTHY, [instance()])
    world.running.on = lambda _: world.kube.refuses.update({"PATCH": (403, "forbidden")})
    assert world.drill().verdict == "passed"
    assert "the evidence is NOT in the record" in capsys.readouterr().out


def test_the_environment_must_have_been_deployed(world: World) -> None:
    del world.kube.objects[RECORD]
    found = world.drill()
    assert "ConfigMap tier0-drills/shop-drills: it does not exist; deploy" in found.reason
    assert datetime.fromisoformat(found.ended).tzinfo == UTC
