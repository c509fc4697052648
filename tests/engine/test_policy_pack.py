"""The policy pack: it refuses what the architecture document declares, and nothing of tier0's own.

The engine is real; what it says is compared line by line.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.postgres.drills import DRILLS_NAMESPACE
from stacks.check import environments, load
from tests.engine.test_seed import DOCUMENT
from tests.support import ROOT, declared
from tests.wheel import installed, packages
from tools.engine.engine import Engine

pytestmark = pytest.mark.xdist_group("consumer")
"""It shares the wheel with the tests of the consumer."""

PROGRAM = """
import json
from pathlib import Path

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

OPTIONS = pulumi.ResourceOptions(protect={protect})
for it in json.loads(Path("objects.json").read_text()):
    CustomResource(
        f"{{it['kind']}}-{{it['metadata']['name']}}",
        api_version=it["apiVersion"],
        kind=it["kind"],
        metadata=it["metadata"],
        spec=it.get("spec"),
        opts=OPTIONS,
    )
"""
"""A program of hand-written objects."""

RGW = "https://rook-ceph-rgw-homelab-objectstore.rook-ceph.svc:443"
NEEDS_KMS = (
    "'AES256' needs a KMS, without which Ceph refuses the upload or stores plaintext; declare "
    "security.s3 of the CephObjectStore, or leave encryption out [encryption-has-kms]"
)
NO_CA = (
    f"no public CA signs a certificate for '{RGW}'; write the Secret with the CA that did "
    "[private-endpoint-has-ca]"
)
UNPROTECTED = (
    "Pulumi may delete it with the data in it; set `protect` in its resource options "
    "[data-is-protected]"
)

SAID = {
    "Cluster n8n-prod/n8n-postgres, spec.backup.barmanObjectStore: 'barmanObjectStore' is removed "
    "in CloudNativePG 1.31; 'plugin' takes over the archive without a gap "
    "(docs/runbooks/migrate-to-plugin.md) [archive-uses-plugin]",
    f"Cluster n8n-prod/n8n-postgres, spec.backup.barmanObjectStore.endpointCA: {NO_CA}",
    f"Cluster n8n-prod/n8n-postgres, spec.backup.barmanObjectStore.wal.encryption: {NEEDS_KMS}",
    f"Cluster n8n-prod/n8n-postgres, spec.backup.barmanObjectStore.data.encryption: {NEEDS_KMS}",
    f"Cluster n8n-prod/n8n-postgres: {UNPROTECTED}",
    "ScheduledBackup n8n-prod/n8n-postgres-daily-backup, spec.schedule: '0 2 * * *' has 5 fields, "
    "and CloudNativePG reads the first as seconds; write '0 0 2 * * *' [schedule-has-seconds]",
    "CephObjectStore rook-ceph/homelab-objectstore, spec.gateway.port: port 80 serves every row "
    "without TLS; write securePort with sslCertificateRef, and leave port out "
    "[gateway-serves-https-only]",
    f"CephObjectStore rook-ceph/homelab-objectstore: {UNPROTECTED}",
    "Cluster n8n-prod/n8n-postgres-restored, spec.plugins: nothing archives its WAL; write the "
    "plugin 'barman-cloud.cloudnative-pg.io' with isWALArchiver: true [archiver-is-designated]",
    "Cluster n8n-prod/n8n-postgres-restored, spec.externalClusters.n8n-postgres.barmanObjectStore"
    f".endpointCA: {NO_CA}",
    "Cluster n8n-prod/n8n-postgres-restored, spec.bootstrap.recovery.recoveryTarget.targetTime: "
    "'2025-10-06 10:30:00' has no time zone; write one, like '2025-10-06 10:30:00+00:00' "
    "[moment-has-time-zone]",
    f"Cluster n8n-prod/n8n-postgres-restored: {UNPROTECTED}",
}
"""What is said of the document's objects."""

Preview = Callable[..., subprocess.CompletedProcess[str]]


def faults(done: subprocess.CompletedProcess[str]) -> set[str]:
    """The lines of the policies, as they are printed."""
    lines = (line.strip() for line in done.stdout.splitlines())
    return {line for line in lines if re.search(r": .+; .+ \[[a-z0-9-]+\]$", line)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with tier0 as other programs, and the pack, import it."""
    return installed(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def preview(engine: Engine, wheel: Path) -> Preview:
    """`pulumi preview` of the engine's program, or of a folder, with the policy pack."""
    pack = engine.policy_pack(ROOT / "policies")

    def run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return engine.run(
            "preview",
            "--policy-pack",
            str(pack),
            *args,
            cwd=cwd,
            check=False,
            env={"PYTHONPATH": str(packages(wheel))},
        )

    return run


def other_program(
    engine: Engine, python: Path, folder: Path, objects: list[Any], *, protect: bool = False
) -> Path:
    """Make the program of somebody else that declares *objects*."""
    folder.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": str(python.parents[1])}}
    project = {"name": "other", "runtime": runtime}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), "utf-8")
    (folder / "__main__.py").write_text(PROGRAM.format(protect=protect), "utf-8")
    (folder / "objects.json").write_text(json.dumps(objects), "utf-8")
    engine.run("stack", "init", "other", cwd=folder)
    engine.run("config", "set", "kubernetes:context", "homelab", cwd=folder)
    return folder


def test_the_packs_types_are_those_of_the_wheel_and_of_pulumis_sdk(wheel: Path) -> None:
    cache = ROOT / ".mypy_cache" / "consumer"
    program = ROOT / "policies" / "__main__.py"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", f"--cache-dir={cache}"),
            *(program, "--python-executable", wheel),
        ],
        cwd=wheel.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_version_that_is_tested_is_the_one_that_is_installed() -> None:
    (pinned,) = re.findall(
        r"^pulumi-policy==.*$", (ROOT / "policies/requirements.txt").read_text(), re.MULTILINE
    )
    assert f"\n{pinned} " in (ROOT / "requirements-dev.txt").read_text()


def test_the_documents_objects_are_refused_each_with_its_sentence(
    engine: Engine, python: Path, tmp_path: Path, preview: Preview
) -> None:
    objects = list(yaml.safe_load_all(DOCUMENT))
    folder = other_program(engine, python, tmp_path / "other", objects)
    done = preview(cwd=folder)
    assert faults(done) == SAID, done.stdout + done.stderr
    assert done.returncode


def test_the_same_objects_in_order_are_previewed(
    engine: Engine, python: Path, tmp_path: Path, preview: Preview
) -> None:
    """What tier0 renders is somebody else's program here: nothing of it is marked as tier0's."""
    wanted = {"CephObjectStore", "ObjectStore", "Cluster", "ScheduledBackup"}
    manifests = [
        it
        for it in declared(load("homelab")).manifests()
        if it["kind"] in wanted and it["metadata"].get("namespace") != DRILLS_NAMESPACE
    ]
    assert {it["kind"] for it in manifests} == wanted
    folder = other_program(engine, python, tmp_path / "other", manifests, protect=True)
    done = preview(cwd=folder)
    assert (done.returncode, faults(done)) == (0, set()), done.stdout + done.stderr


@pytest.mark.parametrize("name", environments())
def test_tier0s_own_environments_pass(name: str, engine: Engine, preview: Preview) -> None:
    engine.begin(name)
    disposable = str(ROOT / "policies" / "disposable.json")
    settings = ["--policy-pack-config", disposable] if load(name).disposable else []
    done = preview(*settings)
    assert (done.returncode, faults(done)) == (0, set()), done.stdout + done.stderr
    assert "tier0@v0.1.0" in done.stdout, "the pack did not run"
    assert "can't run policy" not in done.stdout, "a policy stopped at a value that is not known"


def test_a_database_without_a_drill_is_refused_once_there_is_a_folder_of_evidence(
    engine: Engine, preview: Preview, tmp_path: Path
) -> None:
    evidence, settings = tmp_path / "evidence", tmp_path / "policies.json"
    evidence.mkdir()
    told: dict[str, Any] = {"evidence": str(evidence), "environment": "homelab", "days": 7}
    told["enforcementLevel"] = "mandatory"
    settings.write_text(json.dumps({"drill-is-recent": told}), "utf-8")
    engine.begin("homelab")
    done = preview("--policy-pack-config", str(settings))
    assert done.returncode, done.stdout
    assert faults(done) == {
        "Cluster n8n-prod/n8n-postgres: no restore has proved anything yet; run `python -m stacks "
        "drill` [drill-is-recent]"
    }
