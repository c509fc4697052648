"""A Cluster made by hand is adopted while a client writes; its archive goes on, and is drilled.

Its archive is in an S3 that is not Ceph, outside of the node. The environment has its own stack, in
place of the lab's. A quarter of an hour on a quiet machine.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.pods.evidence import read
from components.postgres.drills import DRILLS_NAMESPACE, DrillsSpec
from tests import valid
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.support import to_module
from tools.lab.access import Cluster
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.archives import Archive
from tools.lab.databases.commands import stacks
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import load, longest_silence, missing
from tools.lab.images.postgres import SYSTEM
from tools.lab.offsite.elsewhere import Elsewhere
from tools.lab.operators import plugin
from tools.lab.operators.manifests import Manifest

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_NAMESPACE, _NAME, _KEYS = "by-hand", "orders", "by-hand-s3"
_FOLDER = f"clusters/{_NAME}/"
_INSTANCES = 2
_API = "postgresql.cnpg.io/v1"
_MANAGER = "kubectl-client-side-apply"
_SYSTEM_IDENTIFIER = "select system_identifier from pg_control_system()"
_HOME: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAMESPACE}}


@dataclass(frozen=True)
class ByHand:
    """What somebody has made without tier0."""

    store: Elsewhere
    database: Deployed
    archive: Archive
    manifests: Sequence[Manifest]

    @property
    def lab(self) -> Cluster:
        """Where it is."""
        return self.database.lab

    def uids(self) -> dict[str, str]:
        """Return which object each of the manifests is."""
        found = {}
        for it in self.manifests:
            place = (it["metadata"]["name"], it["metadata"].get("namespace", ""))
            live = self.lab.kube.get(it["apiVersion"], it["kind"], *place) or {}
            found[it["kind"]] = live["metadata"]["uid"]
        return found

    def pods(self) -> dict[str, str]:
        """Return the uid of each instance's pod; one that is being made again may be missing."""
        labels = f"cnpg.io/cluster={_NAME},cnpg.io/podRole=instance"
        found = self.lab.kube.objects("v1", "Pod", _NAMESPACE, labels=labels)
        return {it["metadata"]["name"]: it["metadata"]["uid"] for it in found}

    def wait_made_again(self, before: Mapping[str, str]) -> None:
        """Wait until every instance has another pod than *before*, and all are ready."""

        def other() -> bool:
            now = self.pods()
            return now.keys() == before.keys() and not {*now.values()} & {*before.values()}

        self.lab.wait("every instance has another pod", other)
        self.database.wait_healthy(_INSTANCES)

    def archived(self) -> set[str]:
        """Return the keys of its archive's objects."""
        return {*archives.objects(self.lab, _NAMESPACE, self.archive, _FOLDER)}


def _written(archive: Archive) -> list[Manifest]:
    """Return the objects as people write them."""
    store = archive.store(_NAMESPACE, _NAME)
    store["spec"]["retentionPolicy"] = "30d"
    parameters = {"max_connections": "100", "shared_buffers": "64MB", "max_wal_size": "256MB"}
    archiver = {
        "name": plugin.NAME,
        "isWALArchiver": True,
        "parameters": {"barmanObjectName": _NAME},
    }
    cluster = {
        "instances": _INSTANCES,
        "imageName": SYSTEM,
        "storage": {"size": "1Gi"},
        "resources": {
            "requests": {"cpu": "20m", "memory": "256Mi"},
            "limits": {"memory": "512Mi"},
        },
        "postgresql": {"parameters": parameters | {"archive_timeout": "1min"}},
        "bootstrap": {"initdb": {"database": _NAME, "owner": _NAME}},
        "plugins": [archiver],
    }
    schedule = {
        "schedule": "0 3 * * *",
        "cluster": {"name": _NAME},
        "method": "plugin",
        "pluginConfiguration": {"name": plugin.NAME},
    }
    return [
        _HOME,
        store,
        _object("Cluster", _NAME, cluster),
        _object("ScheduledBackup", f"{_NAME}-backup", schedule),
    ]


def _object(kind: str, name: str, spec: Mapping[str, Any]) -> Manifest:
    metadata = {"name": name, "namespace": _NAMESPACE}
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": dict(spec)}


def _make(lab: Lab, manifest: Manifest) -> None:
    """Make an object as `kubectl apply` does."""
    metadata = manifest["metadata"]
    place = (manifest["apiVersion"], manifest["kind"], "", metadata.get("namespace", ""))
    path = f"{lab.kube.path(*place)}?fieldManager={_MANAGER}"
    answer = lab.kube.request("POST", path, manifest)
    assert answer.ok, answer.text


def _remove(lab: Lab) -> None:
    path = f"/api/v1/namespaces/{_NAMESPACE}"
    lab.kube.delete("v1", "Namespace", _NAMESPACE)
    lab.wait(f"namespace {_NAMESPACE} gone", lambda: lab.get(path) is None)


@pytest.fixture
def by_hand(lab: Lab, environment: Environment) -> Iterator[ByHand]:
    """A Cluster made by hand, with rows and a base backup, in the place of the lab's own."""
    store = Elsewhere(lab, "versitygw")
    # Another bucket in each run: the data of the store outlive the node.
    archive = Archive(
        bucket=f"by-hand-{int(time.time())}",
        endpoint=store.endpoint,
        credentials=_KEYS,
        ca=_KEYS,
        prefix="clusters/",
    )
    database = Deployed(
        lab, _NAMESPACE, _NAME, archive, SYSTEM, holds=_NAME, host=f"{_NAME}-rw.{_NAMESPACE}.svc"
    )
    made = ByHand(store, database, archive, _written(archive))
    with ExitStack() as after:
        after.callback(environment.up)
        environment.down()
        after.callback(store.stop)
        store.start()
        after.callback(_remove, lab)
        home, *others = made.manifests
        _make(lab, home)
        lab.apply([store.secret(_NAMESPACE, _KEYS)])
        script = f"{archives.CONNECT}client.create_bucket(Bucket=bucket)\n"
        arguments = [store.endpoint, archive.bucket, "-"]
        place = (_NAMESPACE, "make-bucket")
        archives.ask(lab, place, archive.configuration, script, arguments)
        for it in others:
            _make(lab, it)
        database.wait_healthy(_INSTANCES)
        database.wait_archiving()
        database.sql("create table kept as select g as id from generate_series(1, 1000) g")
        # Its owner is asked by the drill, and the superuser makes it here.
        database.sql(f"alter table kept owner to {database.holds}")
        database.back_up("by-hand")
        yield made


def _adopted(made: ByHand, folder: Path) -> Path:
    """Adopt it by the command; return the module, which drills it and may be removed again."""
    found = folder / "found.py"
    done = stacks(
        made.lab, "adopt", "--context", "lab", "--namespace", _NAMESPACE, "--out", str(found)
    )
    assert done.returncode == 0, done.stderr
    assert "it fires each hour" in done.stderr, done.stderr
    changes = {
        "disposable": True,
        f"databases.{_NAME}.drills": DrillsSpec(suspended=True),
        f"databases.{_NAME}.checks": {"its-rows-are-there": "select count(*) = 1000 from kept"},
    }
    module = to_module(valid.edited(str(found), changes), folder / "byhand.py")
    checked = stacks(made.lab, "check", str(module))
    assert (checked.returncode, "ok, 1 database" in checked.stdout) == (0, True), checked.stderr
    return module


def _planned(made: ByHand, module: Path, folder: Path) -> list[str]:
    """Return what the plan against the manifests says that the adoption brings with it."""
    manifests = folder / "manifests"
    manifests.mkdir()
    for it in made.manifests:
        (manifests / f"{it['kind'].lower()}.json").write_text(json.dumps(it))
    done = stacks(made.lab, "plan", str(module), "--against", str(manifests), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    planned = {(it["kind"], it["name"]): it for it in json.loads(done.stdout)}
    for it in made.manifests[1:]:  # `--against` reads no Namespace
        name = f"{_NAMESPACE}/{it['metadata']['name']}"
        assert planned[it["kind"], name]["change"] == "changed", planned
    return [sentence for it in planned.values() for sentence in it["consequences"]]


def _drilled(made: ByHand, module: Path, claim: Claim) -> None:
    secrets = [made.store.secret(DRILLS_NAMESPACE, it) for it in (_KEYS, f"{_NAME}-archive-reader")]
    made.lab.apply(secrets)
    began = time.monotonic()
    done = stacks(made.lab, "drill", str(module), _NAME, "--from", "archive", "--json")
    took = time.monotonic() - began
    assert done.stdout, done.stderr
    found = read(json.loads(done.stdout))
    assert (done.returncode, found.verdict, found.rung) == (0, "passed", "yours"), why(found)
    claim("drill of its archive", took, "s")


def test_a_cluster_made_by_hand_is_adopted_under_load_and_its_archive_goes_on_and_is_drilled(
    by_hand: ByHand, claim: Claim, tmp_path: Path
) -> None:
    database, lab = by_hand.database, by_hand.lab
    module = _adopted(by_hand, tmp_path)
    restarts = [it for it in _planned(by_hand, module, tmp_path) if "restarts" in it]
    uids, pods, started = by_hand.uids(), by_hand.pods(), database.started()
    identifier, archived = database.sql(_SYSTEM_IDENTIFIER), by_hand.archived()
    made = Environment(lab, module)
    with ExitStack() as after:
        after.callback(made.down)
        with load(database) as writer:
            began = time.time()
            change = made.up()
            if restarts:
                by_hand.wait_made_again(pods)
                started = database.started()
            again = made.up()
            segment = database.archive_now()
            acknowledged = writer.acknowledged()
            assert database.started() == started, restarts
        assert re.search(r"\d+ (replaced|deleted)", change.said) is None, change.said
        assert again.nothing, again.said
        assert by_hand.uids() == uids
        assert database.sql(_SYSTEM_IDENTIFIER) == identifier
        now = by_hand.archived()
        assert archived <= now, archived - now
        new = f"{_FOLDER}wals/{segment[:16]}/{segment}"
        assert any(key.startswith(new) for key in now - archived), now - archived
        schedule = lab.kube.get(_API, "ScheduledBackup", f"{_NAME}-backup", _NAMESPACE) or {}
        assert schedule["spec"]["schedule"] == "0 0 3 * * *"
        claim("adopted by `pulumi up`", change.seconds, "s")
        claim("restarts of instances that the plan named", len(restarts), "")
        silence = longest_silence(acknowledged, began)
        claim("a writer's longest time without an acknowledged row", silence, "s")
        _drilled(by_hand, module, claim)
        with database.restored("adopt-restored") as (restored, _):
            lost = missing(restored, acknowledged)
        claim("acknowledged transactions lost", len(lost), f"of {len(acknowledged)}")
        assert not lost
