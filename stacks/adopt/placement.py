"""Where a Cluster has its instances run."""

from collections.abc import Mapping
from typing import Any

from components.postgres import PlacementSpec
from components.postgres.placement import HOST, ZONE
from stacks.adopt.document import Fields
from stacks.adopt.templates import templated

Made = dict[str, Any]


def placement(cluster: Fields) -> Made:
    """Read how instances are kept apart."""
    affinity = cluster.inside("affinity")
    made = _nodes(affinity)
    if affinity.flag("enablePodAntiAffinity") is False:
        affinity.changed(
            ("enablePodAntiAffinity",), "false becomes true; instances avoid each other's node"
        )
    kind = affinity.word("podAntiAffinityType", of=("preferred", "required"))
    if kind:
        made["anti_affinity"] = kind
    key = affinity.text("topologyKey")
    if key:
        made["topology_key"] = key
    if zones := _zones(cluster):
        made["zones"] = zones
    plain = {"anti_affinity": "preferred", "topology_key": HOST}
    made = {name: it for name, it in made.items() if plain.get(name) != it}
    return {"placement": PlacementSpec(**made)} if made else {}


def _nodes(affinity: Fields) -> Made:
    made: Made = {}
    labels = {it: affinity.text("nodeSelector", it) for it in affinity.names("nodeSelector")}
    selected = {name: it for name, it in labels.items() if it is not None}
    if selected := _required(affinity.inside("nodeAffinity")) | selected:
        made["node_selector"] = selected
    keys = []
    for taint in affinity.items("tolerations"):
        key = taint.text("key")
        if not key:
            continue
        keys.append(key)
        narrow = [it for it in ("value", "effect", "tolerationSeconds") if taint.at(it) is not None]
        if taint.word("operator", of=("Equal", "Exists")) and narrow:
            taint.changed((), f"'{key}' is tolerated whatever its value and effect")
    if keys:
        made["tolerations"] = list(dict.fromkeys(keys))
    return made


def _required(affinity: Fields) -> dict[str, str]:
    """Read the labels of nodes that an affinity requires, where it requires nothing else."""
    path = ("requiredDuringSchedulingIgnoredDuringExecution",)
    given = affinity.at(*path)
    if given is None:
        return {}
    terms = given.get("nodeSelectorTerms") if isinstance(given, Mapping) else None
    labels = _labels(terms[0]) if isinstance(terms, list) and len(terms) == 1 else None
    if labels is None:
        affinity.kept_out(path, "has no word; node_selector has labels with one value each")
        return {}
    affinity.changed(path, "becomes node_selector, which requires the same labels")
    return labels


def _labels(term: object) -> dict[str, str] | None:
    if not isinstance(term, Mapping) or term.keys() != {"matchExpressions"}:
        return None
    labels = {}
    expressions = term["matchExpressions"]
    for it in expressions if isinstance(expressions, list) else [None]:
        if not isinstance(it, Mapping) or it.get("operator") != "In":
            return None
        key, values = it.get("key"), it.get("values")
        if not isinstance(key, str) or not isinstance(values, list) or len(values) != 1:
            return None
        if not isinstance(values[0], str) or templated(values[0]):
            return None
        labels[key] = values[0]
    return labels


def _zones(cluster: Fields) -> str | None:
    """Read a spread over zones and over nodes, of those that ask for no more."""
    found = None
    for spread in cluster.items("topologySpreadConstraints"):
        here = spread.at()
        if not isinstance(here, Mapping) or here.get("maxSkew") != 1 or here.keys() - _SPREAD:
            continue
        key, strict = here.get("topologyKey"), here.get("whenUnsatisfiable") == "DoNotSchedule"
        if key == ZONE and found is None:
            found = "required" if strict else "preferred"
            spread.changed((), "stays, with the labels of instances as its selector")
        elif key == HOST:
            spread.changed(
                (), "becomes the anti-affinity, by which instances avoid each other's node"
            )
    return found


_SPREAD = {"topologyKey", "maxSkew", "whenUnsatisfiable", "labelSelector"}
