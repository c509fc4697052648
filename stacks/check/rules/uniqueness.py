"""Finds databases that share what must be unique."""

from collections.abc import Callable, Iterator

from components.spec.rule import Fault
from stacks.environment import EnvironmentSpec


def twice(
    environment: EnvironmentSpec,
    key: Callable[[str], object],
    place: tuple[str, ...],
    message: Callable[[str, str], str],
) -> Iterator[Fault]:
    """Find databases whose *key* another already has."""
    owners: dict[object, str] = {}
    for name in environment.databases:
        found = key(name)
        if found is None:
            continue
        if found in owners:
            yield Fault(message(name, owners[found]), ("databases", name, *place))
        owners.setdefault(found, name)
