"""How far a replica follows: told from two archives, whatever its primary does meanwhile."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest

from components.pods import s3
from components.pods.following import Following
from components.pods.s3 import Store
from tests.s3 import NOW, Bucket, ClientError


class World:
    """The archive of a replica, and the copy of the one that it follows."""

    def __init__(self) -> None:
        self.own, self.other = Bucket(), Bucket()
        place = {"region": "r", "keys": "Secret keys", "access": "A", "secret": "S"}
        own = place | {"endpoint": "https://own", "bucket": "archive", "prefix": ""}
        other = place | {"endpoint": "https://other", "bucket": "copies", "prefix": "north/"}
        settings = {"server": "south-g2", "followed": "north-1", "database": "n8n"}
        self.following = Following(settings, Store("source", own), Store("other", other))

    def archived(self, *segments: str) -> None:
        """Have the other site archive segments, a minute after each other."""
        for number, name in enumerate(segments):
            key = f"north/north-1/wals/{name[:16]}/{name}.gz"
            self.other.put(key, name, NOW + timedelta(minutes=number))

    def replayed(self, *segments: str) -> None:
        for name in segments:
            self.own.put(f"south-g2/wals/{name[:16]}/{name}.zst", name)

    def looked(self) -> dict[str, float]:
        self.following.look()
        lines = self.following.metrics().splitlines()
        return {name.partition("{")[0]: float(value) for name, value in map(str.split, lines)}


def _segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(Store, "_key", lambda _, name: name)
    buckets = {"https://own": made.own, "https://other": made.other}

    def connect(settings: dict[str, str], *_: Any) -> Bucket:
        return buckets[settings["endpoint"]]

    monkeypatch.setattr(s3, "connect", connect)
    return made


UNTIL = "tier0_site_replayed_until_timestamp_seconds"


def test_a_replica_that_has_all_is_there_now_however_old_that_is(world: World) -> None:
    world.archived(_segment(1), _segment(2))
    world.replayed(_segment(1), _segment(2))
    began = time.time()
    assert world.looked()[UNTIL] >= began


@pytest.mark.parametrize(
    ("archived", "replayed", "minutes"),
    [
        ([_segment(1), _segment(2), _segment(3)], [_segment(1)], 1),
        ([_segment(1), _segment(2)], [], 0),
        ([_segment(255), _segment(256), _segment(257)], [_segment(255), _segment(256)], 2),
        ([_segment(1), _segment(2, 2), _segment(3, 2)], [_segment(1), _segment(2, 2)], 2),
    ],
    ids=["behind", "has nothing yet", "over a folder", "over a timeline"],
)
def test_a_replica_is_as_far_as_the_oldest_segment_that_it_lacks(
    archived: list[str], replayed: list[str], minutes: int, world: World
) -> None:
    world.archived(*archived)
    world.replayed(*replayed)
    assert world.looked()[UNTIL] == (NOW + timedelta(minutes=minutes)).timestamp()


def test_what_is_no_whole_segment_is_not_lacking(world: World) -> None:
    world.archived(_segment(1))
    world.replayed(_segment(1))
    folder = f"north/north-1/wals/{_segment(2)[:16]}"
    world.other.put(f"{folder}/{_segment(2)}.partial.gz", "the last checkpoint of a demoted one")
    world.other.put(f"{folder}/{_segment(1)}.00000028.backup", "a label")
    world.other.put("north/north-1/wals/00000002.history", "1\t0/2000000\tno recovery target")
    world.other.put("north/another/wals/0000000100000000/" + _segment(9), "another database")
    assert world.looked()[UNTIL] >= time.time() - 60


@pytest.mark.parametrize("which", ["own", "other"])
def test_a_store_that_is_away_is_said_once_and_the_last_moment_stays(
    which: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.archived(_segment(1), _segment(2))
    world.replayed(_segment(1))
    before = world.looked()
    assert before["tier0_site_failed"] == 0
    bucket: Bucket = getattr(world, which)
    bucket.fails["list_objects_v2"] = ClientError("AccessDenied")
    assert world.looked() == before | {"tier0_site_failed": 1}
    assert world.looked() == before | {"tier0_site_failed": 1}
    bucket.fails.clear()
    assert world.looked() == before
    faults = [json.loads(line)["fault"] for line in capsys.readouterr().out.splitlines()]
    place = {"own": "https://own/archive", "other": "https://other/copies"}[which]
    assert faults == [f"{place}: it refuses the keys (AccessDenied); fix Secret keys", None]
