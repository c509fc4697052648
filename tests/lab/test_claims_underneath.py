"""What databases and archives rest on: Secrets that come out of Git, and the KMS lost and found.

About a minute each on a quiet machine.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests import valid
from tests.lab.conftest import MODULE, Claim
from tests.support import ROOT, to_module
from tools.build.toolchain import Toolchain
from tools.lab.cluster import Lab
from tools.lab.databases import archives
from tools.lab.databases.deployed import Deployed
from tools.lab.operators import openbao

_KEYS = "sealedsecrets.bitnami.com%2Fsealed-secrets-key"
_SEAL = f"/api/v1/namespaces/{openbao.NAMESPACE}/secrets/openbao-seal"
_TOKEN = "a token that Git must not know"
_READ = """
import boto3, botocore.config, botocore.exceptions, sys
endpoint, bucket, name = sys.argv[1:]
once = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=60)
client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=once)
try:
    client.get_object(Bucket=bucket, Key=name)["Body"].read()
    print("opened")
except botocore.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
"""


@pytest.mark.group("parts")
@pytest.mark.own_parts("sealed-secrets")
def test_a_secret_that_tier0_sealed_is_unsealed_by_the_real_controller(
    lab: Lab, tmp_path: Path, claim: Claim
) -> None:
    (found, *_) = lab.kube.items(f"/api/v1/namespaces/kube-system/secrets?labelSelector={_KEYS}")
    certificate = base64.b64decode(found["data"]["tls.crt"]).decode()
    changes = {
        "object_store.kms.token_secret": "sealed-token",
        "gitops": valid.gitops(sealing_certificate=certificate),
    }
    module = to_module(valid.edited(str(MODULE), changes), tmp_path / MODULE.name)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "stacks", "seal", str(module), "rook-ceph/sealed-token"),
            *("--out", str(tmp_path / "tree"), "--kubeseal", str(Toolchain().binary("kubeseal"))),
        ],
        cwd=ROOT,
        input=json.dumps({"token": _TOKEN}),
        capture_output=True,
        text=True,
        check=True,
    )
    sealed = Path(done.stdout.strip()).read_text()
    assert _TOKEN not in sealed
    assert base64.b64encode(_TOKEN.encode()).decode() not in sealed
    began = time.monotonic()
    path = "/api/v1/namespaces/rook-ceph/secrets/sealed-token"
    try:
        lab.apply([yaml.safe_load(sealed)])
        lab.wait("the Secret", lambda: lab.get(path) is not None)
        opened = (lab.get(path) or {})["data"]
        took = time.monotonic() - began
    finally:
        lab.kube.delete("bitnami.com/v1alpha1", "SealedSecret", "sealed-token", "rook-ceph")
    assert base64.b64decode(opened["token"]).decode() == _TOKEN
    claim("from the SealedSecret to the Secret", took, "s")


@pytest.mark.group("alone")
@pytest.mark.own_parts("OpenBao")
def test_a_lost_kms_comes_back_from_its_snapshot_and_its_key_and_opens_the_archive(
    lab: Lab, n8n: Deployed, tmp_path: Path, claim: Claim
) -> None:
    """Without either nothing encrypted is read again: both are on the list of what is kept.

    The snapshot is a copy of its folder, made while it is stopped.
    """
    n8n.sql("create table if not exists sealed as select 'by the KMS' as word")
    made = n8n.back_up(f"{n8n.name}-kms-{int(time.time())}")
    n8n.archive_now()
    assert _read(n8n, made["backupId"]) == "opened"
    data, snapshot = lab.directory / "openbao", tmp_path / "openbao"
    seal = (lab.get(_SEAL) or {})["data"]
    owner = data.stat().st_uid
    openbao.scale(lab, 0)
    shutil.copytree(data, snapshot)
    shutil.rmtree(data)
    lab.kube.delete("v1", "Secret", "openbao-seal", openbao.NAMESPACE)
    try:
        refused = _read(n8n, made["backupId"])
        assert refused != "opened", "it is read without the KMS"
        began = time.monotonic()
    finally:
        shutil.copytree(snapshot, data)
        for one in (data, *data.rglob("*")):
            os.chown(one, owner, owner)
        metadata = {"name": "openbao-seal", "namespace": openbao.NAMESPACE}
        lab.apply([{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": seal}])
        openbao.scale(lab, 1)
    took = time.monotonic() - began
    with n8n.restored("n8n-kms") as (restored, seconds):
        assert restored.sql("select word from sealed") == "by the KMS"
    claim("the gateway without its KMS", refused, "")
    claim("KMS back, from its snapshot and its key", took, "s")
    claim("restore of what it had encrypted", seconds, "s")


def _read(database: Deployed, backup: str) -> str:
    """Ask the archive once for a base backup's file; return "opened", or the gateway's error."""
    assert database.archive
    name = f"{database.name}/base/{backup}/backup.info"
    arguments = [database.archive.endpoint, database.archive.bucket, name]
    place = (database.namespace, "read")
    said = archives.ask(database.lab, place, database.archive.configuration, _READ, arguments)
    return said.strip()
