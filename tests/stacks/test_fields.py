"""Objects of Kubernetes' own kinds have the fields that Kubernetes has, in its types.

The API server refuses another one when it is deployed; nothing before does, as manifests are plain
dictionaries.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from kubernetes import client

from stacks.check import environments, load
from tests.support import declared

_PLAIN = {"str": str, "int": int, "bool": bool}
_OWN = re.compile(r"(apps/|(networking|rbac\.authorization|storage)\.k8s\.io/)?v1")


def _faults(value: object, type_: str, place: str) -> Iterator[str]:
    """Yield each place under *place* where *value* is not of *type_*, as the client names types."""
    if type_ == "object":
        return
    holder, _, inner = type_.removesuffix("]").partition("[")
    if type_ in _PLAIN:
        if type(value) is not _PLAIN[type_]:
            yield f"{place}: {value!r} is not {type_}"
    elif holder == "List":
        assert isinstance(value, list)
        for number, item in enumerate(value):
            yield from _faults(item, inner, f"{place}[{number}]")
    elif holder == "Dict":
        assert isinstance(value, Mapping)
        for key, item in value.items():
            yield from _faults(item, inner.removeprefix("str, "), f"{place}.{key}")
    else:
        assert isinstance(value, Mapping)
        model: Any = getattr(client, type_)
        types = {name: model.openapi_types[it] for it, name in model.attribute_map.items()}
        for key, item in value.items():
            if key not in types:
                yield f"{place}.{key}: {type_} has no such field"
            else:
                yield from _faults(item, types[key], f"{place}.{key}")


@pytest.mark.parametrize("name", environments())
def test_every_field_is_one_of_its_kind(name: str) -> None:
    own = [m for m in declared(load(name)).manifests() if _OWN.fullmatch(m["apiVersion"])]
    assert {"Namespace", "Service", "NetworkPolicy", "Deployment"} <= {m["kind"] for m in own}
    found = [fault for m in own for fault in _faults(m, f"V1{m['kind']}", m["kind"])]
    assert found == []


def test_a_field_and_a_type_that_kubernetes_has_not_are_found() -> None:
    spec = {"ports": [{"port": "5432", "target_port": 5432}], "selector": {"some_label": "a"}}
    assert [*_faults({"spec": spec}, "V1Service", "Service")] == [
        "Service.spec.ports[0].port: '5432' is not int",
        "Service.spec.ports[0].target_port: V1ServicePort has no such field",
    ]
