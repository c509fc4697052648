"""Who reaches a Cluster besides its clients: a superuser, programs outside, registries."""

from typing import Any

from components.postgres.load_balancers import ROLES, LoadBalancerSpec
from stacks.adopt.certificates import certificates
from stacks.adopt.document import Fields

Made = dict[str, Any]

_HOST = "external-dns.alpha.kubernetes.io/hostname"
_ANY = "0.0.0.0/0"


def superuser(cluster: Fields) -> Made:
    """Read whether the superuser may log in over the network."""
    secret = cluster.at("superuserSecret", "name")
    if not cluster.flag("enableSuperuserAccess"):
        if secret is not None:
            cluster.kept_out(
                ("superuserSecret",), "is not read while enableSuperuserAccess is off; delete it"
            )
        return {}
    named = cluster.text("superuserSecret", "name")
    if named == f"{cluster.document.name}-superuser":
        cluster.changed(("superuserSecret",), "is left out: it is the Secret that is read without")
        named = None
    return {"superuser_access": True} | ({"superuser_secret": named} if named else {})


def registries(cluster: Fields) -> Made:
    """Read the Secrets with which images are pulled."""
    names = [it.text("name") for it in cluster.items("imagePullSecrets")]
    found = [it for it in names if it]
    return {"image_pull_secrets": found} if found else {}


def reached(cluster: Fields) -> Made:
    """Read through which Services and by which names clients reach it, and its certificates."""
    made = _load_balancers(cluster)
    known = {host for it in made.get("load_balancers", {}).values() for host in it.hosts}
    return made | certificates(cluster, known)


def _load_balancers(cluster: Fields) -> Made:
    names = cluster.texts("certificates", "serverAltDNSNames")
    made = {}
    for given in cluster.items("managed", "services", "additional"):
        template = given.inside("serviceTemplate")
        called = template.text("metadata", "name")
        if template.at("spec", "type") != "LoadBalancer" or called is None:
            given.kept_out(
                (),
                "is deleted by CloudNativePG with the entry; `load_balancers` has Services of type "
                "LoadBalancer, and `service` is a name inside the cluster",
            )
            continue
        if (found := _load_balancer(given, template, names)) is not None:
            made[f"{called}-outside"] = found
    return {"load_balancers": made} if made else {}


def _load_balancer(given: Fields, template: Fields, names: list[str]) -> LoadBalancerSpec | None:
    asked = template.inside("metadata").at("annotations", _HOST)
    hosts = asked.split(",") if isinstance(asked, str) else names
    reaches = given.at("selectorType")
    if not hosts or reaches not in ROLES:
        given.kept_out(
            (),
            "is deleted by CloudNativePG with the entry; `load_balancers` needs host names of "
            "clients, and reaches 'rw' or 'ro'",
        )
        return None
    made: Made = {"hosts": [it.strip() for it in hosts]}
    made["source_ranges"] = template.texts("spec", "loadBalancerSourceRanges") or [_ANY]
    if reaches == "ro":
        made["reaches"] = "ro"
    if kind := template.text("spec", "loadBalancerClass"):
        made["class_name"] = kind
    annotations = template.inside("metadata", "annotations")
    texts = {name: annotations.text(name) for name in annotations.names()}
    if found := {name: it for name, it in texts.items() if it is not None}:
        made["annotations"] = found
    template.text("spec", "type")
    if template.at("spec", "externalTrafficPolicy") not in (None, "Local"):
        template.changed(("spec", "externalTrafficPolicy"), "becomes 'Local'")
    given.text("selectorType")
    given.text("updateStrategy")
    name = template.at("metadata", "name")
    given.changed(
        ("serviceTemplate", "metadata", "name"),
        f"'{name}' becomes '{name}-outside', as CloudNativePG deletes its own: another Service "
        "with another address; one that an annotation asks for is free only then",
    )
    if made["source_ranges"] == [_ANY]:
        given.fill_in(
            ("serviceTemplate", "spec", "loadBalancerSourceRanges"),
            "are not there, so anybody may connect; write those of your clients",
        )
    return LoadBalancerSpec(**made)
