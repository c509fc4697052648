"""What the pods of a database have besides PostgreSQL's configuration, and how they are updated."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from components.spec.rule import Fault, obeys, rule

PULL_KEY, PULL_TYPE = ".dockerconfigjson", "kubernetes.io/dockerconfigjson"
"""The key and the type of a Secret that a kubelet pulls images with."""

UpdateMethod = Literal["restart", "switchover"]

_RESERVED = frozenset(("CLUSTER_NAME", "NAMESPACE", "PATH", "POD_NAME", "TMPDIR"))
_PREFIXES = ("CNPG_", "PG")
_SECRETS = ("PASSWORD", "SECRET", "TOKEN", "_KEY")


@rule("value")
def environment_name_is_free(value: str) -> Iterator[Fault]:
    """A variable of the environment is none that CloudNativePG or tier0 sets, and no secret.

    CloudNativePG refuses its own, in any case (environment.go, IsReservedEnvironmentVariable,
    1.30), and sets TMPDIR besides; without its PATH no program is found. AWS_ is of the archive. A
    value is text in the Cluster, which many may read.
    """
    name = value.upper()
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        yield Fault(f"'{value}' is not a variable; write letters, digits and '_', like 'TZ'")
    elif name in _RESERVED or name.startswith(_PREFIXES):
        yield Fault(f"'{value}' is set by CloudNativePG; leave it out")
    elif name.startswith("AWS_"):
        yield Fault(f"'{value}' is for the archive, whose settings are in backup; leave it out")
    elif name.endswith(_SECRETS):
        yield Fault(
            f"'{value}' would be readable by everybody who may read the Cluster; leave it out"
        )


@rule("value")
def environment_value_is_text(value: str) -> Iterator[Fault]:
    """The value of a variable has no character that no process can be given.

    The kernel ends a variable at the first zero byte (execve), so the pod would not start.
    """
    if "\0" in value:
        yield Fault("has a zero byte; write text")


Environment = Mapping[
    Annotated[str, obeys(environment_name_is_free)],
    Annotated[str, obeys(environment_value_is_text)],
]


def environment(given: Mapping[str, str]) -> list[dict[str, str]]:
    """Return variables as a container has them."""
    return [{"name": name, "value": value} for name, value in given.items()]


def pull_secrets(names: Sequence[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that names the keys of registries."""
    return {"imagePullSecrets": [{"name": name} for name in names]} if names else {}


def update_method(method: UpdateMethod) -> dict[str, Any]:
    """Return the part of `Cluster.spec` that says how the primary is updated."""
    return {"primaryUpdateMethod": method} if method != "restart" else {}
