"""An environment's life: deployed, changed, protected, interrupted and refused, on a real engine.

The API server is real and has the operators' CRDs; nothing reconciles, so nothing is waited for.
"""

import base64
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client

from stacks.check import load
from stacks.cluster import ClusterClient
from stacks.render.files import to_files
from tests import valid
from tests.engine.waiting import until
from tests.support import declared
from tools import Fault
from tools.build import crds
from tools.build.toolchain import Toolchain
from tools.engine.engine import Engine
from tools.ports import kept, number
from tools.sandbox.api_server import Sandbox

OF_THE_CLUSTER = re.compile(
    r"/registry/(apiregistration|configmaps|events|flowschemas|ipaddresses|leases|masterleases"
    r"|prioritylevelconfigurations|ranges|serviceaccounts)|compact_rev_key"
)
"""What the API server and its controllers store by themselves, at times of their own."""

CLUSTER = "/registry/postgresql.cnpg.io/clusters/n8n-prod/n8n-postgres"
SCHEDULED_BACKUP = "/registry/postgresql.cnpg.io/scheduledbackups/n8n-prod/n8n-postgres-backup"
ROOT_CERTIFICATE = "/registry/cert-manager.io/certificates/cert-manager/tier0-root-ca"

ADOPT = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
"""Takes over an object that exists; a run that was killed may have made one and not noted it."""

IN_TREE = {
    "object_store.kms": valid.kms(
        address="https://bao.kms.svc:8200", token_secret="t", ca_secret="c"
    ),
    "databases.n8n.backup.bucket": valid.existing_bucket(
        bucket="n8n-postgres-backups", secret="n8n-postgres-backup-s3"
    ),
    "databases.n8n.backup.method": "in-tree",
    "databases.n8n.backup.encryption": "AES256",
}
"""Homelab the way it was before: its own bucket, barmanObjectStore, encrypted through a KMS."""


def stored(sandbox: Sandbox) -> dict[str, str]:
    """Everything in the API server: each object's key and its resourceVersion."""
    revisions = sandbox.etcd.revisions()
    keys = {base64.b64decode(key).decode(): revision for key, revision in revisions.items()}
    return {key: revision for key, revision in keys.items() if not OF_THE_CLUSTER.match(key)}


def _object(sandbox: Sandbox, key: str) -> dict[str, Any]:
    """The stored custom resource of a key."""
    found: dict[str, Any] = json.loads(sandbox.etcd.value(key))
    return found


def _get(cluster: ClusterClient, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the API server has of the object that *manifest* is."""
    metadata = manifest["metadata"]
    place = (metadata["name"], metadata.get("namespace", ""))
    return cluster.get(manifest["apiVersion"], manifest["kind"], *place)


def _differences(wanted: object, found: object, place: str = "") -> Iterator[str]:
    """Where *found* lacks something of *wanted*."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            yield from _differences(value, found.get(key), f"{place}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from _differences(value, found[index], f"{place}[{index}]")
    elif wanted != found:
        yield f"{place}: {found!r} instead of {wanted!r}"


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """What a run said that had to fail, and to say why in sentences."""
    said = _said(done)
    assert done.returncode not in {0, -signal.SIGSEGV}, f"it went through:\n{said}"
    assert "Traceback" not in said, said
    assert "panic" not in said, said
    return said


def _edit(program: Path, environment: str, *edits: tuple[str, str]) -> None:
    module = program / "stacks" / f"{environment}.py"
    text = module.read_text("utf-8")
    for old, new in edits:
        assert old in text, f"{module.name} does not hold {old!r}, so the test tests nothing"
        text = text.replace(old, new)
    module.write_text(text, "utf-8")


@pytest.mark.usefixtures("homelab")
def test_up_makes_every_object_that_render_prints(sandbox: Sandbox) -> None:
    manifests = list(declared(load("homelab")).manifests())
    assert len(manifests) > 10
    with sandbox.cluster() as cluster:
        for manifest in manifests:
            found = _get(cluster, manifest)
            assert found, f"{manifest['kind']} is not there"
            assert not list(_differences(manifest, found)), manifest["kind"]


def test_a_second_up_changes_nothing(homelab: Engine, sandbox: Sandbox) -> None:
    before = stored(sandbox)
    homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert stored(sandbox) == before


def test_a_changed_schedule_updates_one_object_in_place(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    before, old = stored(sandbox), _object(sandbox, SCHEDULED_BACKUP)
    _edit(program, "homelab", ('schedule="0 2 * * *"', 'schedule="30 3 * * *"'))
    homelab.run("up", "--yes", "--skip-preview")
    after, new = stored(sandbox), _object(sandbox, SCHEDULED_BACKUP)
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert changed == {SCHEDULED_BACKUP}
    assert new["spec"] == old["spec"] | {"schedule": "0 30 3 * * *"}
    assert new["metadata"]["uid"] == old["metadata"]["uid"], "it was replaced"


@pytest.mark.parametrize(
    ("edit", "victim"),
    [
        (('cluster="n8n-postgres"', 'cluster="n8n-pg"'), "n8n-cluster"),
        (('"n8n": PostgresSpec', '"automation": PostgresSpec'), "n8n-cluster"),
        (('namespace="n8n-prod"', 'namespace="n8n"'), "n8n-cluster"),
        (('name="homelab-objectstore"', 'name="objectstore"'), "s3-store"),
        (('claim="n8n-postgres-backup-s3"', 'claim="n8n-backup"'), "n8n-claim"),
    ],
    ids=["cluster", "database", "namespace", "object store", "bucket claim"],
)
def test_a_rename_that_would_replace_data_is_refused_before_anything_is_touched(
    homelab: Engine, sandbox: Sandbox, program: Path, edit: tuple[str, str], victim: str
) -> None:
    before = stored(sandbox)
    _edit(program, "homelab", edit)
    said = refused(homelab.run("up", "--yes", check=False))
    assert re.search(rf"::{victim}\" cannot be deleted|replace resource \".*::{victim}\"", said), (
        said
    )
    assert "protect" in said
    assert stored(sandbox) == before


def test_destroy_is_refused_while_data_is_protected(homelab: Engine, sandbox: Sandbox) -> None:
    before = stored(sandbox)
    said = refused(homelab.run("destroy", "--yes", check=False))
    assert "n8n-cluster" in said, said
    assert "Hooks: tier0-keeps-what-holds-data" in said, said
    assert stored(sandbox) == before
    homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_disposable_environment_is_destroyed_whole(engine: Engine, sandbox: Sandbox) -> None:
    before = stored(sandbox)
    engine.begin("dev")
    engine.run("up", "--yes", "--skip-preview")
    assert any("/clusters/app-databases/app" in key for key in stored(sandbox))
    engine.run("destroy", "--yes", "--skip-preview")
    # Where nothing is waited for, a Namespace may outlive the command by a moment.
    until(
        lambda: stored(sandbox) == before,
        lambda: stored(sandbox).items() ^ before.items(),
    )
    assert json.loads(engine.run("stack", "export").stdout)["deployment"].get("resources", []) == []


def _strictly(sandbox: Sandbox, manifests: list[Mapping[str, Any]]) -> list[str]:
    """What strict server-side validation has against *manifests*; Namespaces are really made."""
    faults = []
    with sandbox.cluster() as cluster:
        for manifest in manifests:
            try:
                cluster.apply(manifest, manager="test", dry_run=manifest["kind"] != "Namespace")
            except Fault as fault:
                faults.append(str(fault))
    return faults


@pytest.mark.parametrize("environment", ["homelab", "dev", "production", "in-tree"])
def test_every_manifest_passes_strict_validation(environment: str, sandbox: Sandbox) -> None:
    spec = valid.homelab(IN_TREE) if environment == "in-tree" else load(environment)
    manifests = list(declared(spec).manifests())
    kinds = {manifest["kind"] for manifest in manifests}
    assert {"Cluster", "ScheduledBackup", "CephObjectStore"} <= kinds
    assert ("ObjectStore" in kinds) is (environment != "in-tree")
    assert _strictly(sandbox, manifests) == []


def test_a_misspelt_field_does_not_pass_strict_validation(sandbox: Sandbox) -> None:
    manifests = list(declared(load("homelab")).manifests())
    for manifest in manifests:
        if manifest["kind"] == "Cluster":
            manifest["spec"]["instnaces"] = manifest["spec"].pop("instances")
    (fault,) = _strictly(sandbox, manifests)
    assert 'unknown field ".spec.instnaces"' in fault or ".spec.instnaces" in fault


def _adopt(engine: Engine) -> None:
    """Finish what a killed run began: drop its notes, and take over what it made unnoted."""
    engine.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    engine.run("up", "--yes", "--skip-preview", env=ADOPT)
    exported = json.loads(engine.run("stack", "export").stdout)["deployment"]
    assert not exported.get("pending_operations")
    engine.run("up", "--yes", "--skip-preview", "--expect-no-changes", env=ADOPT)


@pytest.mark.parametrize(
    ("module", "value", "made", "unmade"),
    [
        ("certificates", "when_ready(root, ROOT)", ROOT_CERTIFICATE, CLUSTER),
        ("postgres/cluster", "cluster.name", CLUSTER, SCHEDULED_BACKUP),
    ],
    ids=["at the root certificate", "at the cluster"],
)
def test_a_killed_up_is_finished_by_the_next(
    engine: Engine, sandbox: Sandbox, program: Path, module: str, value: str, made: str, unmade: str
) -> None:
    """The program is held at *value* for good, so that the kill cannot come too late."""
    engine.begin("homelab")
    source = program / "components" / f"{module}.py"
    text = source.read_text("utf-8")
    held = f"{value}.apply(lambda known: __import__('asyncio').sleep(3600, known))"
    assert value in text
    source.write_text(text.replace(value, held), "utf-8")
    running = subprocess.Popen(
        engine.command("up", "--yes", "--skip-preview"),
        cwd=engine.project,
        env=engine.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: made in stored(sandbox) or running.poll() is not None, "it was not made")
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=60)
    source.write_text(text, "utf-8")
    here = stored(sandbox)
    assert made in here, "it ended before it was made"
    assert unmade not in here, "the program was not held"

    said = refused(engine.run("up", "--yes", "--skip-preview", check=False))
    assert "locked by 1 lock(s)" in said, said
    engine.run("cancel", "--yes")
    _adopt(engine)
    manifests = list(declared(load("homelab")).manifests())
    with sandbox.cluster() as cluster:
        assert [manifest for manifest in manifests if not _get(cluster, manifest)] == []


def test_a_kill_can_leave_no_note_beside_the_state_half_written(homelab: Engine) -> None:
    (state,) = (homelab.directory / "backend").rglob("homelab.json")
    assert not list(state.parent.rglob("*.attrs"))
    # What it would do, and the mend of the runbook.
    note = state.with_name(f"{state.name}.attrs")
    note.touch()
    assert "failed to load checkpoint: EOF" in refused(homelab.run("stack", check=False))
    note.unlink()
    homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_what_a_killed_up_made_but_did_not_note_is_taken_over_as_it_is(
    homelab: Engine, sandbox: Sandbox, tmp_path: Path
) -> None:
    state = json.loads(homelab.run("stack", "export").stdout)
    resources = state["deployment"]["resources"]
    (cluster,) = [found for found in resources if found["urn"].endswith("::n8n-cluster")]
    held = [found for found in resources if cluster["urn"] in found.get("dependencies", [])]
    state["deployment"]["resources"] = [r for r in resources if r not in [cluster, *held]]
    (tmp_path / "killed.json").write_text(json.dumps(state))
    homelab.run("stack", "import", "--file", str(tmp_path / "killed.json"))
    before = _object(sandbox, CLUSTER)

    said = refused(homelab.run("up", "--yes", "--skip-preview", check=False))
    assert 'clusters.postgresql.cnpg.io "n8n-postgres" already exists' in said, said
    _adopt(homelab)
    after = _object(sandbox, CLUSTER)
    assert after["metadata"]["uid"] == before["metadata"]["uid"], "the database was made anew"
    assert after["spec"] == before["spec"]


def test_no_secret_reaches_state_output_or_rendered_files(
    homelab: Engine, sandbox: Sandbox, tmp_path: Path
) -> None:
    access = {
        "AWS_ACCESS_KEY_ID": "AKIA-known-id-7f3a",
        "AWS_SECRET_ACCESS_KEY": "known-key-91bd2c",
    }
    with sandbox.api() as api:
        api_v1 = client.CoreV1Api(api)
        for name, data in (
            ("n8n-postgres-backup-s3", access),
            ("n8n-postgres-app", {"username": "n8n", "password": "known-password-55e0"}),
        ):
            secret = client.V1Secret(metadata=client.V1ObjectMeta(name=name), string_data=data)
            api_v1.create_namespaced_secret("n8n-prod", secret)
    token = yaml.safe_load(sandbox.kubeconfig.read_text())["users"][0]["user"]["token"]
    passphrase = (homelab.directory / "passphrase").read_text()
    secrets = [*access.values(), "known-password-55e0", "known-config-c4d1", token, passphrase]

    runs = [
        homelab.run("config", "set", "--secret", "tier0:known", "known-config-c4d1"),
        homelab.run("up", "--yes"),
        homelab.run("refresh", "--yes"),
        homelab.run("preview", "--diff"),
        homelab.run("stack", "export"),
        homelab.run("stack", "output", "--json"),
        homelab.run("config"),
    ]
    to_files(declared(load("homelab")).manifests(), tmp_path / "rendered")
    places = {f"pulumi {run.args[1]}": _said(run).encode() for run in runs}
    for folder in (homelab.directory, tmp_path / "rendered"):
        places |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del places[str(homelab.directory / "passphrase")]

    assert any(b"urn:pulumi:homelab::tier0" in held for held in places.values()), "no state"
    assert any(b"secure:" in held for held in places.values()), "no encrypted setting"
    leaks = [
        f"{place} holds {secret!r}"
        for place, held in places.items()
        for secret in secrets
        for form in (secret.encode(), base64.b64encode(secret.encode()))
        if form in held
    ]
    assert leaks == []


def test_a_wrong_passphrase_is_said_and_changes_nothing(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    before = stored(sandbox)
    _edit(program, "homelab", ('schedule="0 2 * * *"', 'schedule="30 3 * * *"'))
    wrong = {"PULUMI_CONFIG_PASSPHRASE": "wrong"}
    said = refused(homelab.run("up", "--yes", check=False, env=wrong))
    assert "incorrect passphrase" in said
    assert stored(sandbox) == before
    homelab.run("up", "--yes", "--skip-preview")
    assert _object(sandbox, SCHEDULED_BACKUP)["spec"]["schedule"] == "0 30 3 * * *"


def test_an_unreachable_cluster_is_said_and_a_later_up_finishes(
    engine: Engine, sandbox: Sandbox, tmp_path: Path
) -> None:
    before = stored(sandbox)
    reached = yaml.safe_load(sandbox.kubeconfig.read_text())
    nowhere = tmp_path / "nowhere"
    engine.begin("homelab")
    with kept() as door:
        address = f"127.0.0.1:{number(door)}"
        reached["clusters"][0]["cluster"]["server"] = f"https://{address}"
        nowhere.write_text(yaml.safe_dump(reached))
        said = refused(engine.run("up", "--yes", check=False, env={"KUBECONFIG": str(nowhere)}))
    assert address in said, said
    assert stored(sandbox) == before
    engine.run("up", "--yes", "--skip-preview")
    assert CLUSTER in stored(sandbox)


@pytest.mark.long
def test_a_missing_operator_is_said_and_a_later_up_finishes(
    engine: Engine, sandbox: Sandbox, toolchain: Toolchain
) -> None:
    """The provider looks for the kind six times, in 63 seconds (pkg/await, Creation)."""
    name = "objectstores.barmancloud.cnpg.io"
    engine.begin("homelab")
    with sandbox.cluster() as cluster:
        cluster.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", name)
        until(lambda: cluster.at("/apis/barmancloud.cnpg.io/v1") is None, "it is still served")
        said = refused(engine.run("up", "--yes", "--skip-preview", check=False))
        assert "ObjectStore" in said, said
        assert "barmancloud.cnpg.io/v1" in said, said
        assert CLUSTER not in stored(sandbox), "a database was made that cannot archive"

        crds.apply(cluster, toolchain.crds())
        until(lambda: crds.served(cluster, toolchain.crds()), "it is not served again")
        engine.run("up", "--yes", "--skip-preview")
        assert CLUSTER in stored(sandbox)


def test_an_invalid_environment_stops_up_with_a_line_for_each_fault(
    engine: Engine, sandbox: Sandbox, program: Path
) -> None:
    before = stored(sandbox)
    engine.begin("homelab")
    _edit(
        program,
        "homelab",
        ('storage="10Gi"', 'storage="10"'),
        ("instances=2", "instnaces=2"),
        ('schedule="0 2 * * *"', 'schedule="0 0 2 * * *"'),
    )
    said = refused(engine.run("up", "--yes", check=False))
    faults = {
        "databases.n8n.storage": "'10' is not a size",
        "databases.n8n.instnaces": "did you mean 'instances'?",
        "databases.n8n.backup.schedule": "leave the seconds out: '0 2 * * *'",
    }
    for place, fault in faults.items():
        assert re.search(rf"^\s*(error: )?{place}: .*{re.escape(fault)}", said, re.MULTILINE), said
    assert stored(sandbox) == before
