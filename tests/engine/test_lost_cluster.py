"""The lines that the runbook has for Pulumi, on the real engine and API server.

The API server loses every object, as a cluster that burns; Pulumi's state stays.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from kubernetes import client

from stacks.check import load
from stacks.recovery.runbook import runbook
from stacks.recovery.runbook.page import Step
from tests import valid
from tests.support import declared
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

DAY = date(2026, 11, 30)


def _lost() -> list[Step]:
    """Return the steps of a lost cluster, with a copy to restore from."""
    return [*runbook("homelab", valid.homelab({"offsite": valid.offsite()}), DAY).cluster.steps]


def _lines(*beginnings: str) -> list[str]:
    return [line for step in _lost() for line in step.run if line.startswith(beginnings)]


def _resources(engine: Engine) -> list[str]:
    state = json.loads(engine.run("stack", "export").stdout)["deployment"]
    return [found["urn"].rpartition("::")[2] for found in state.get("resources", [])]


def _there(sandbox: Sandbox) -> bool:
    """Return whether the API server has the database's Cluster."""
    with sandbox.cluster() as cluster:
        found = cluster.get("postgresql.cnpg.io/v1", "Cluster", "n8n-postgres", "n8n-prod")
    return found is not None


def _pulumi(engine: Engine, line: str, **env: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line)
    env |= dict(word.split("=", 1) for word in words[: words.index("pulumi")])
    more = ("--yes", "--skip-preview") if "up" in words else ()
    return engine.run(*words[words.index("pulumi") + 1 :], *more, env=env, check=False)


@pytest.fixture
def burnt(engine: Engine, sandbox: Sandbox) -> Engine:
    """An engine whose homelab was deployed, and is gone."""
    before = sandbox.etcd.snapshot()
    engine.begin("homelab")
    engine.run("up", "--yes", "--skip-preview")
    assert _there(sandbox)
    sandbox.etcd.restore(before)
    assert not _there(sandbox)
    return engine


def test_with_the_old_state_an_up_makes_nothing_and_after_the_runbooks_lines_everything(
    burnt: Engine, sandbox: Sandbox
) -> None:
    done = burnt.run("up", "--yes", "--skip-preview")
    assert re.search(r"Resources:\n    \d+ unchanged\n", done.stdout), "it changes something"
    assert not _there(sandbox), "the state says that it is there"

    export, forget, up = _lines("pulumi stack export", "pulumi state", "PULUMI_")[:3]
    for line in (export, forget):
        done = _pulumi(burnt, line)
        assert done.returncode == 0, done.stderr
    assert _resources(burnt) == []
    with sandbox.api() as api:  # as a line of the runbook makes it
        metadata = client.V1ObjectMeta(name="n8n-prod")
        client.CoreV1Api(api).create_namespace(client.V1Namespace(metadata=metadata))
    assert "already exists" in "".join(_said(_pulumi(burnt, up.partition(" ")[2])))
    done = _pulumi(burnt, up)
    assert done.returncode == 0, "".join(_said(done))
    assert _there(sandbox)


def _said(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    return done.stdout, done.stderr


def test_the_lines_on_a_cluster_that_is_there_change_nothing_and_are_taken_back(
    homelab: Engine, sandbox: Sandbox
) -> None:
    manifests = list(declared(load("homelab")).manifests())

    def uids() -> list[str]:
        with sandbox.cluster() as cluster:
            found = [
                cluster.get(
                    it["apiVersion"],
                    it["kind"],
                    it["metadata"]["name"],
                    it["metadata"].get("namespace", ""),
                )
                for it in manifests
            ]
        return [it["metadata"]["uid"] for it in found if it]

    before, known = uids(), _resources(homelab)
    for line in _lines("pulumi stack export", "pulumi state")[:2]:
        assert _pulumi(homelab, line).returncode == 0
    done = homelab.run("up", "--yes", "--skip-preview", check=False)
    assert done.returncode != 0
    assert "already exists" in "".join(_said(done))
    assert uids() == before
    (back,) = [
        line for step in _lost() for line in re.findall(r"`(pulumi stack import [^`]+)`", step.stop)
    ]
    assert _pulumi(homelab, back).returncode == 0
    assert sorted(_resources(homelab)) == sorted(known)
    homelab.run("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_refresh_forgets_what_is_gone_although_it_is_protected(
    burnt: Engine, sandbox: Sandbox
) -> None:
    burnt.run("refresh", "--yes", "--skip-preview")
    assert "n8n-cluster" not in _resources(burnt)
    burnt.run("up", "--yes", "--skip-preview")
    assert _there(sandbox)


def test_a_component_can_be_made_alone_by_its_type(engine: Engine) -> None:
    """As the Talos cluster is, of which no node runs here."""
    engine.begin("homelab")
    engine.run("up", "--yes", "--skip-preview", "--target", "**tier0:certificates:Issuers**")
    made = set(_resources(engine))
    assert "certificates-root" in made
    assert not any(name.startswith(("n8n", "s3")) for name in made)
    engine.run("up", "--yes", "--skip-preview")
    assert "n8n-cluster" in _resources(engine)


def test_the_secrets_are_made_of_what_is_typed_and_no_process_shows_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    made = runbook("production", load("production"), DAY)
    (step,) = [it for it in made.cluster.steps if any(" create secret " in line for line in it.run)]
    env = {
        "KUBECONFIG": str(sandbox.kubeconfig),
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    script: list[str] = []
    for line in step.run:
        script.append(line)
        if " create " in line:
            typed = "value-1\nvalue-2\n" if "read " in "".join(script) else "a CA\nof lines\n"
            done = subprocess.run(
                ["bash", "-euc", "\n".join(script)],
                input=typed,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            there = " create namespace " in line and "AlreadyExists" in done.stderr
            assert done.returncode == 0 or there, done.stderr
            assert "value-" not in done.stdout + done.stderr
            script.clear()
    with sandbox.api() as api:
        core = client.CoreV1Api(api)
        keys = core.read_namespaced_secret("offsite-keys", "orders").data
        ca = core.read_namespaced_secret("openbao-ca", "rook-ceph").data
        token = core.read_namespaced_secret("openbao-token", "rook-ceph").data
    assert keys == {"ACCESS_KEY_ID": "dmFsdWUtMQ==", "ACCESS_SECRET_KEY": "dmFsdWUtMg=="}
    assert token == {"token": "dmFsdWUtMQ=="}
    assert ca
    assert [*ca] == ["cert"]
