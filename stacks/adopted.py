"""Objects that exist before tier0, and that `pulumi up` takes over instead of making them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from components.postgres import PostgresSpec
from components.postgres.pooler import pooler_name
from components.postgres.roles import database_name
from components.spec.rule import Fault, obeys, rule


@rule("value")
def adopted_object_is_named(value: str) -> Iterator[Fault]:
    """An adopted object is named by its kind and, after its namespace, its name.

    The engine looks it up by both; an object that is not there ends the run before it changes
    anything (pulumi 3.250, ImportStep: "resource ... does not exist").
    """
    if not re.fullmatch(r"[A-Z][A-Za-z]+ [-a-z0-9]+(/[-.a-z0-9]+)?", value):
        yield Fault(
            f"'{value}' does not name an object; write it like 'Cluster shop/orders' or 'Namespace "
            "shop'"
        )


AdoptedName = Annotated[str, obeys(adopted_object_is_named)]
"""An object by its kind and name, like 'Cluster shop/orders'."""


@dataclass(frozen=True, kw_only=True)
class Adoptable:
    """An object that tier0 declares and that may exist before it."""

    component: str
    """The name of the component that declares it."""
    kind: str
    name: str
    namespace: str = ""

    @property
    def id(self) -> str:
        """What Pulumi's provider knows it by."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def text(self) -> str:
        """It, as an environment names it."""
        return f"{self.kind} {self.id}"


def adoptable(databases: Mapping[str, PostgresSpec]) -> Iterator[Adoptable]:
    """Yield what may exist of the objects of *databases*, which are by their roles."""
    for home in sorted({spec.namespace for spec in databases.values()}):
        yield Adoptable(component=home, kind="Namespace", name=home)
    for role, spec in databases.items():
        for kind, name in _named(spec):
            yield Adoptable(component=role, kind=kind, name=name, namespace=spec.namespace)


def _named(spec: PostgresSpec) -> Iterator[tuple[str, str]]:
    if spec.backup.method == "plugin":
        yield "ObjectStore", spec.cluster
    yield "ScheduledBackup", f"{spec.server_name}-backup"
    yield "Service", spec.service_name
    if spec.snapshots:
        yield "ScheduledBackup", f"{spec.current.cluster}-snapshot"
    for reached in spec.poolers:
        yield "Pooler", pooler_name(spec.cluster, reached)
    for cluster in spec.clusters:
        yield "Cluster", cluster
        for called in spec.databases:
            yield "Database", database_name(cluster, called)
