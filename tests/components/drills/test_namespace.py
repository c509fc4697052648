"""The namespace of drills: there once, where a database has some, and nothing in it is kept."""

from stacks.environment import EnvironmentSpec
from tests import valid
from tests.support import declared


def _two(**second: object) -> EnvironmentSpec:
    databases = {"n8n": valid.database(), "shop": valid.database("shop", **second)}
    return valid.homelab({"databases": databases})


def test_all_databases_share_one_namespace() -> None:
    found = [it for it in declared(_two()).resources if it.manifest]
    names = [it.manifest["metadata"]["name"] for it in found if it.manifest]
    assert names.count("tier0-drills") == 1
    assert {"n8n-restore", "shop-restore"} <= set(names)


def test_nothing_in_it_holds_data() -> None:
    for it in declared(_two()).resources:
        namespace, name = it.identity[2:] if it.identity else ("", "")
        if "tier0-drills" in (namespace, name):
            assert [it.protect, it.retain_on_delete, it.holds_data] == [False] * 3, it.name


def test_it_is_restricted() -> None:
    (namespace,) = (
        it
        for it in declared(_two()).manifests()
        if (it["kind"], it["metadata"]["name"]) == ("Namespace", "tier0-drills")
    )
    assert namespace["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}


def test_argo_cd_may_apply_to_it_where_there_are_drills() -> None:
    assert "tier0-drills" in _two().namespaces
    assert "tier0-drills" not in valid.homelab({"disposable": True}).namespaces
