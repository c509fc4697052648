"""The operators: in which order, in which namespaces, and what stays when they go."""

from components.charts import CHARTS
from components.operators import OperatorsSpec
from stacks.check import load
from stacks.render.recorder import Recording, Resource
from tests import valid
from tests.support import declared


def installing(operators: OperatorsSpec) -> Recording:
    """Return what homelab declares with *operators*."""
    return declared(valid.homelab({"operators": operators}))


def _releases(recording: Recording) -> dict[str, Resource]:
    return {r.release["name"]: r for r in recording.resources if r.release}


def test_everything_comes_after_every_operator() -> None:
    recording = installing(valid.operators())
    releases = {r.urn for r in _releases(recording).values()}
    assert len(releases) == len(CHARTS)
    objects = [r for r in recording.resources if r.manifest and "tier0:operators" not in r.urn]
    assert len(objects) > 10
    assert [r.name for r in objects if not releases <= r.dependencies] == []


def test_the_plugin_comes_after_what_it_registers_with() -> None:
    releases = _releases(installing(valid.operators()))
    first = {releases[name].urn for name in ("cert-manager", "cloudnative-pg")}
    assert first <= releases["plugin-barman-cloud"].dependencies
    plugin, operator = releases["plugin-barman-cloud"].release, releases["cloudnative-pg"].release
    assert plugin
    assert operator
    assert plugin["namespace"] == operator["namespace"], "elsewhere it is not found"


def test_rooks_operator_has_the_memory_of_its_chart_or_the_one_that_is_given() -> None:
    for given, values in ((None, None), ("1Gi", {"limits": {"memory": "1Gi"}})):
        release = _releases(installing(valid.operators(rook_memory=given)))["rook-ceph"].release
        assert release
        assert release["values"].get("resources") == values


def test_what_is_there_already_is_left_alone() -> None:
    recording = installing(valid.operators(install=["barman-cloud", "cloudnative-pg"]))
    assert set(_releases(recording)) == {"cloudnative-pg", "plugin-barman-cloud"}
    made = {m["metadata"]["name"] for m in recording.manifests() if m["kind"] == "Namespace"}
    assert made == {"cnpg-system", "n8n-prod", "tier0-drills"}


def test_a_namespace_with_keys_in_it_stays_and_the_others_do_not() -> None:
    namespaces = {
        r.manifest["metadata"]["name"]: r.protect
        for r in installing(valid.operators()).resources
        if r.manifest and r.manifest["kind"] == "Namespace"
    }
    assert namespaces == {
        "argocd": False,
        "cert-manager": True,
        "cnpg-system": False,
        "n8n-prod": True,
        "rook-ceph": True,
        "tier0-drills": False,
    }


def test_connections_are_mounted_encrypted_only_where_the_cluster_is_made_so() -> None:
    rook = _releases(declared(load("production")))["rook-ceph"].release
    assert rook
    assert rook["values"]["csi"] == {"cephFSKernelMountOptions": "ms_mode=secure"}


def test_a_cluster_that_is_there_may_not_be_encrypted() -> None:
    rook = _releases(installing(valid.operators()))["rook-ceph"].release
    assert rook
    assert "csi" not in rook["values"]


def test_rook_is_installed_in_the_version_that_is_chosen() -> None:
    """Only its own release changes with it: an upgrade is one line of a preview."""
    image = valid.storage(image="quay.io/ceph/ceph:v19.2.6")
    chosen = _releases(
        declared(valid.edited("production", {"operators.rook": "v1.19.10", "storage": image}))
    )
    default = _releases(declared(load("production")))
    changed = {name for name, made in chosen.items() if made.release != default[name].release}
    assert changed == {"rook-ceph"}
    release, before = chosen["rook-ceph"].release, default["rook-ceph"].release
    assert release
    assert before
    assert (release["version"], before["version"]) == ("v1.19.10", "v1.17.9")
    assert release["values"] == before["values"]
