"""The record of drills: as metrics, and as evidence off site."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from components.pods import watch_record as pod
from components.pods.evidence import Depth, Evidence, Verdict
from components.pods.s3 import Fault
from tests.apiserver import ApiServer
from tests.s3 import Bucket, ClientError

PATH = "/api/v1/namespaces/tier0-drills/configmaps/n8n-drills"
KINDS = ("json", "xml", "html")
ENDED = datetime(2026, 11, 30, 3, 30, tzinfo=UTC)


def evidence(depth: Depth = "restore", verdict: Verdict = "passed", **more: Any) -> Evidence:
    return Evidence(
        id=f"n8n-{depth}-20261130T032300Z",
        environment="homelab",
        database="n8n",
        depth=depth,
        store="archive",
        generation=1,
        server_name="n8n-postgres",
        begun="2026-11-30T03:23:00+00:00",
        ended=ENDED.isoformat(),
        verdict=verdict,
        rung="yours",
        rpo_seconds=300,
        rto_seconds=900,
        **more,
    )


def _record(server: ApiServer, **data: Evidence | str) -> Mapping[str, Evidence]:
    texts = {
        key.replace("_", "-"): it if isinstance(it, str) else json.dumps(it.json)
        for key, it in data.items()
    }
    server.put(PATH, data=texts)
    return pod.Record("tier0-drills", "n8n-drills").read()


def test_the_last_and_the_last_good_of_each_depth_are_metrics(server: ApiServer) -> None:
    record = _record(
        server,
        restore=evidence(verdict="failed", restore_seconds=61.5, left_behind="Cluster drill"),
        good_restore=evidence(),
        look=evidence("look"),
        running='{"id": "x"}',
        history="[]",
    )
    assert pod.drill_metrics(record) == {
        ("drill_timestamp_seconds", (("depth", "restore"), ("verdict", "failed"))): (
            ENDED.timestamp()
        ),
        ("drill_timestamp_seconds", (("depth", "look"), ("verdict", "passed"))): ENDED.timestamp(),
        ("drill_good_timestamp_seconds", (("depth", "restore"),)): ENDED.timestamp(),
        ("drill_good_timestamp_seconds", (("depth", "look"),)): 0,
        ("drill_good_timestamp_seconds", (("depth", "deep"),)): 0,
        ("drill_restore_seconds", (("depth", "restore"),)): 61.5,
        ("drill_left_behind", ()): 1,
    }


def test_a_record_without_a_drill_says_never(server: ApiServer) -> None:
    server.put(PATH)
    record = pod.Record("tier0-drills", "n8n-drills").read()
    found = pod.drill_metrics(record)
    assert set(found.values()) == {0}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"schema": "tier0.drill/9"}', "look: its schema is tier0.drill/9, not tier0.drill/1"),
        ('{"schema": "tier0.drill/1"}', r"look: .* missing"),
        ("[]", "look: its schema is None, not tier0.drill/1"),
        (json.dumps(evidence().json | {"ended": None}), "look: it is no evidence"),
        (json.dumps(evidence().json | {"ended": "2026-11-30T03:30:00"}), "look: .* no time zone"),
        (json.dumps(evidence().json | {"verdict": "fine"}), "look: it is no evidence .verdict."),
        (json.dumps(evidence().json | {"rung": "top"}), "look: it is no evidence .rung."),
        (json.dumps(evidence().json | {"depth": 1}), "look: it is no evidence .depth."),
        (json.dumps(evidence().json | {"phases": 1}), "look: it is no evidence"),
        (json.dumps(evidence().json | {"rows": {"a": "b"}}), "look: .* .a number."),
        (json.dumps(evidence().json | {"restore_seconds": "1"}), "look: .* .a number."),
        (json.dumps(evidence().json | {"left_behind": 1}), "look: .* .a text."),
        (
            json.dumps(
                evidence().json | {"proofs": [{"name": "n", "rung": "yours", "outcome": "so"}]}
            ),
            "look: it is no evidence .outcome.",
        ),
        (json.dumps(evidence().json | {"restore_seconds": math.nan}), "look: .* .a number."),
        (json.dumps(evidence().json | {"rows": {"a": 10**400}}), "look: it is no evidence"),
        (json.dumps(evidence().json | {"target": 1}), "look: .* .a text."),
        (
            json.dumps(
                evidence().json
                | {"proofs": [{"name": "n", "rung": "yours", "outcome": "proved", "value": [1]}]}
            ),
            "look: .* .a number.",
        ),
        ("[" * 100_000, "look: "),
        ("{", "look: Expecting property name"),
    ],
)
def test_evidence_that_cannot_be_read_is_a_sentence(
    server: ApiServer, text: str, said: str
) -> None:
    with pytest.raises(Fault, match=f"^ConfigMap tier0-drills/n8n-drills: {said}"):
        _record(server, look=text)


@pytest.mark.usefixtures("server")
def test_a_record_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(
        Fault, match=r"^ConfigMap tier0-drills/n8n-drills: it does not exist yet; it is tried again"
    ):
        pod.Record("tier0-drills", "n8n-drills").read()


@pytest.fixture
def copied(stores: dict[str, Mapping[str, str]]) -> pod.Copies:
    return pod.Copies({"database": "n8n", "encrypted": True, **stores})


def test_each_evidence_is_copied_once_and_encrypted(copied: pod.Copies, copies: Bucket) -> None:
    one, other = evidence(), evidence("look")
    record = {"restore": one, "good-restore": one, "look": other}
    assert copied.keep(record) == [
        f"_drills/n8n/{it.id}.{kind}" for it in (one, other) for kind in KINDS
    ]
    found = {kind: copies.objects[f"archive/_drills/n8n/{one.id}.{kind}"] for kind in KINDS}
    assert json.loads(found["json"]["data"]) == json.loads(json.dumps(one.json))
    assert b"<testsuites" in found["xml"]["data"]
    assert found["html"]["data"].lower().startswith(b"<!doctype html>")
    assert all(it["encrypted"] for it in found.values())
    copies.log.clear()
    assert copied.keep(record) == []
    assert copies.log == []


def test_a_program_that_was_restarted_overwrites_nothing(
    copied: pod.Copies, copies: Bucket, stores: dict[str, Mapping[str, str]]
) -> None:
    record = {"restore": evidence()}
    written = copied.keep(record)
    copies.overwrites = False
    again = pod.Copies({"database": "n8n", "encrypted": True, **stores})
    assert again.keep(record) == []
    assert set(copies.objects) == {f"archive/{key}" for key in written}


def test_what_could_not_be_copied_is_copied_the_next_time(
    copied: pod.Copies, copies: Bucket
) -> None:
    copies.fails["put_object"] = ClientError("AccessDenied")
    with pytest.raises(Fault, match="it refuses the keys"):
        copied.keep({"restore": evidence()})
    copies.fails.clear()
    assert copied.keep({"restore": evidence()}) != []
