"""What holds in every environment, whatever it declares."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stacks.check import environments, load
from stacks.render.recorder import Recording
from tests.support import ROOT, declared

# Who writes the Secrets that nothing here declares: an operator, into the object's namespace.
CERTIFICATE, CLAIM = "Certificate", "ObjectBucketClaim"
UNPARENTED = {"pulumi:pulumi:Stack", "pulumi:providers:kubernetes"}


@pytest.fixture(scope="module", params=environments())
def recording(request: pytest.FixtureRequest) -> Recording:
    return declared(load(request.param))


def _every(recording: Recording, kind: str) -> list[Mapping[str, Any]]:
    return [manifest for manifest in recording.manifests() if manifest["kind"] == kind]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def test_no_two_resources_share_an_urn(recording: Recording) -> None:
    urns = Counter(resource.urn for resource in recording.resources)
    assert [urn for urn, count in urns.items() if count > 1] == []


def test_every_object_belongs_to_a_component(recording: Recording) -> None:
    orphans = [
        resource.urn
        for resource in recording.resources
        if resource.type not in UNPARENTED
        and not resource.type.startswith("tier0:")
        and "tier0:" not in resource.urn.split("::")[2]
    ]
    assert orphans == []


def test_every_object_goes_through_the_environments_own_provider(recording: Recording) -> None:
    made = [r for r in recording.resources if r.manifest or r.release]
    assert {r.provider for r in made} == {"cluster"}, (
        "an object of the default provider would land in whatever cluster kubectl points at"
    )


def _archives(recording: Recording) -> list[Mapping[str, Any]]:
    """The ObjectStores that databases archive to; others name a store that is elsewhere."""
    used = {
        (cluster["metadata"]["namespace"], plugin["parameters"]["barmanObjectName"])
        for cluster in _every(recording, "Cluster")
        for plugin in cluster["spec"].get("plugins", [])
    }
    stores = _every(recording, "ObjectStore")
    return [s for s in stores if (s["metadata"]["namespace"], s["metadata"]["name"]) in used]


def test_every_namespaced_object_says_its_namespace(recording: Recording) -> None:
    unplaced = [
        f"{m['kind']} {m['metadata']['name']}"
        for m in recording.manifests()
        if "namespace" not in m["metadata"]
        and m["kind"] not in {"Namespace", "ClusterIssuer", "StorageClass"}
    ]
    assert unplaced == []


def test_nothing_speaks_plain_http(recording: Recording) -> None:
    # What a drill asks a watch is no secret, and neither has keys in it.
    watches = re.compile(r"http://[-a-z0-9]+-watch\.[-a-z0-9]+\.svc:8080")
    texts = (watches.sub("", text) for m in recording.manifests() for text in _strings(m))
    assert [text for text in texts if "http://" in text] == []
    for store in _every(recording, "CephObjectStore"):
        gateway = store["spec"]["gateway"]
        assert (gateway["securePort"], gateway.get("port")) == (443, None)


def test_every_database_archives_from_its_first_second(recording: Recording) -> None:
    backed_up = {
        (b["metadata"]["namespace"], b["spec"]["cluster"]["name"])
        for b in _every(recording, "ScheduledBackup")
        if b["spec"]["immediate"]
    }
    stores = {
        (s["metadata"]["namespace"], s["metadata"]["name"])
        for s in _every(recording, "ObjectStore")
    }
    clusters = _every(recording, "Cluster")
    assert clusters
    for cluster in clusters:
        namespace, name = cluster["metadata"]["namespace"], cluster["metadata"]["name"]
        assert (namespace, name) in backed_up, f"{name} has no base backup at creation"
        archivers = [p for p in cluster["spec"].get("plugins", []) if p.get("isWALArchiver")]
        in_tree = cluster["spec"].get("backup", {}).get("barmanObjectStore")
        assert len(archivers) + bool(in_tree) == 1, f"{name} needs exactly one WAL archiver"
        for archiver in archivers:
            assert (namespace, archiver["parameters"]["barmanObjectName"]) in stores
            assert archiver["parameters"]["serverName"], "the default is the cluster's name"


def test_every_store_is_verified_against_a_ca_that_is_there(recording: Recording) -> None:
    made = {
        (c["metadata"]["namespace"], c["spec"]["secretName"])
        for c in _every(recording, CERTIFICATE)
    }
    for store in _archives(recording):
        ca = store["spec"]["configuration"].get("endpointCA")
        assert ca, f"{store['metadata']['name']} would be verified against public CAs"
        assert ca["key"] == "ca.crt", "another key of a certificate's Secret is not the root"
        assert (store["metadata"]["namespace"], ca["name"]) in made


def test_every_certificate_hangs_directly_under_the_root(recording: Recording) -> None:
    issuers = {i["metadata"]["name"]: i["spec"] for i in _every(recording, "ClusterIssuer")}
    roots = [c for c in _every(recording, CERTIFICATE) if c["spec"].get("isCA")]
    assert [issuers[r["spec"]["issuerRef"]["name"]] for r in roots] == [{"selfSigned": {}}]
    assert roots[0]["spec"]["privateKey"]["rotationPolicy"] == "Never"
    secret = roots[0]["spec"]["secretName"]
    for leaf in _every(recording, CERTIFICATE):
        if leaf not in roots:
            assert issuers[leaf["spec"]["issuerRef"]["name"]] == {"ca": {"secretName": secret}}


def test_every_endpoint_is_a_name_in_the_gateways_certificate(recording: Recording) -> None:
    names = {
        name
        for store in _every(recording, "CephObjectStore")
        for certificate in _every(recording, CERTIFICATE)
        if certificate["spec"]["secretName"] == store["spec"]["gateway"]["sslCertificateRef"]
        for name in certificate["spec"]["dnsNames"]
    }
    for store in _archives(recording):
        url = store["spec"]["configuration"]["endpointURL"]
        assert url.removeprefix("https://").removesuffix(":443") in names


def test_beside_a_database_only_restricted_pods_are_admitted(recording: Recording) -> None:
    spaces = {c["metadata"]["namespace"] for c in _every(recording, "Cluster")}
    levels = {
        n["metadata"]["name"]: n["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for n in _every(recording, "Namespace")
        if n["metadata"]["name"] in spaces
    }
    assert levels == dict.fromkeys(spaces, "restricted")


def test_every_database_uses_credentials_that_are_there(recording: Recording) -> None:
    claims = {(c["metadata"]["namespace"], c["metadata"]["name"]) for c in _every(recording, CLAIM)}
    for store in _archives(recording):
        keys = store["spec"]["configuration"]["s3Credentials"]
        assert keys["accessKeyId"]["key"] == "AWS_ACCESS_KEY_ID"
        assert (store["metadata"]["namespace"], keys["accessKeyId"]["name"]) in claims


def test_an_object_comes_after_those_it_refers_to(recording: Recording) -> None:
    order = [(m["kind"], m["metadata"]["name"]) for m in recording.manifests()]

    def after(later: str, earlier: str) -> None:
        positions = [i for i, (kind, _) in enumerate(order) if kind == earlier]
        first = min(i for i, (kind, _) in enumerate(order) if kind == later)
        assert max(positions) < first, f"{later} comes before {earlier}"

    after("CephObjectStore", CERTIFICATE)
    after(CLAIM, "CephObjectStore")
    after(CLAIM, "StorageClass")
    after("Cluster", "ObjectStore")
    after("Cluster", CLAIM)
    after("ScheduledBackup", "Cluster")


def test_what_holds_data_is_protected_and_retained_and_nothing_else_is(
    recording: Recording,
) -> None:
    kept = {r.name for r in recording.resources if r.protect}
    assert kept == {r.name for r in recording.resources if r.retain_on_delete}
    assert kept == {r.name for r in recording.resources if r.holds_data}


def test_homelab_keeps_its_namespaces_ca_buckets_archives_and_databases() -> None:
    kept = [
        f"{r.manifest['kind']} {r.manifest['metadata']['name']}"
        for r in declared(load("homelab")).resources
        if r.protect and r.manifest
    ]
    assert sorted(kept) == [
        "CephObjectStore homelab-objectstore",
        "Certificate tier0-root-ca",
        "Cluster n8n-postgres",
        "Namespace n8n-prod",
        "ObjectBucketClaim n8n-postgres-backup-s3",
        "ObjectStore n8n-postgres",
    ]


def test_a_disposable_environment_keeps_nothing() -> None:
    recording = declared(load("dev"))
    assert [r.name for r in recording.resources if r.protect or r.retain_on_delete] == []
    assert [m["reclaimPolicy"] for m in _every(recording, "StorageClass")] == ["Delete"]


@pytest.mark.parametrize("name", environments())
def test_no_logical_name_holds_the_environments_name(name: str) -> None:
    # The stack says it already; a name that repeats it makes copying a stack a rename.
    assert [r.name for r in declared(load(name)).resources[1:] if name in r.name] == []


@pytest.mark.parametrize("name", environments())
def test_an_environment_module_holds_data_only(name: str) -> None:
    tree = ast.parse((ROOT / "stacks" / f"{name}.py").read_text(encoding="utf-8"))
    docstring, *imports, assignment = tree.body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
    assert all(isinstance(node, ast.ImportFrom) for node in imports)
    assert not any(
        getattr(node, "module", "").removeprefix("stacks.") in environments() for node in imports
    ), "an environment is written in full, not derived from another"
    assert isinstance(assignment, ast.Assign)
    allowed = ast.Call | ast.keyword | ast.Constant | ast.Dict | ast.Name | ast.Load | ast.List
    strange = [
        type(node).__name__ for node in ast.walk(assignment.value) if not isinstance(node, allowed)
    ]
    assert strange == [], "logic in an environment hides what is deployed"
