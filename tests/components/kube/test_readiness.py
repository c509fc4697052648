"""When an object is ready, by the one declaration of its kind."""

import pytest

from components.kube.readiness import READINESS, Readiness, readiness
from tests import valid
from tests.support import declared


@pytest.mark.parametrize(
    ("declaration", "wait_for"),
    [
        (Readiness(fields={"phase": "Ready"}), "jsonpath={.status.phase}=Ready"),
        (Readiness(fields={"applied": "true"}), "jsonpath={.status.applied}=true"),
        (Readiness(conditions=["Ready"]), "condition=Ready"),
        (Readiness(conditions=["A", "B"]), '["condition=A","condition=B"]'),
        (
            Readiness(fields={"a.b": "x", "c": "y"}),
            '["jsonpath={.status.a.b}=x","jsonpath={.status.c}=y"]',
        ),
    ],
)
def test_the_provider_is_told_in_its_notation(declaration: Readiness, wait_for: str) -> None:
    assert declaration.wait_for == wait_for


def test_a_kind_is_its_groups() -> None:
    assert readiness("postgresql.cnpg.io/v1", "Cluster")
    assert readiness("cluster.x-k8s.io/v1beta1", "Cluster") is None
    assert readiness("v1", "Namespace") is None


def test_each_object_of_a_kind_is_waited_for_and_no_other_is() -> None:
    for resource in declared(valid.every_choice()).resources:
        if resource.manifest:
            kind = readiness(resource.manifest["apiVersion"], resource.manifest["kind"])
            annotations = resource.inputs["metadata"].get("annotations", {})
            expected = kind.wait_for if kind else None
            assert annotations.get("pulumi.com/waitFor") == expected, resource.name


def test_what_says_that_it_failed_does_not_say_that_it_is_ready() -> None:
    for kind, declaration in READINESS.items():
        assert not set(declaration.failed) & set(declaration.fields.values()), kind
        assert declaration.fields or declaration.conditions, kind
        assert bool(declaration.fields) or not declaration.failed, kind
