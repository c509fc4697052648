"""Rules about what an environment takes over."""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from components.spec.rule import Fault, rule
from stacks.adopted import adoptable
from stacks.environment import EnvironmentSpec


@rule("environment")
def adopted_objects_are_declared(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An environment takes over what it declares, and Pulumi does it.

    An object that it does not declare would stay as it is, and Argo CD writes its fields into what
    exists without being told.
    """
    if not environment.adopted:
        return
    if environment.gitops:
        yield Fault("Argo CD takes over what exists by itself; leave it out", ("adopted",))
        return
    known = [it.text for it in adoptable(environment.databases)]
    for text, count in Counter(environment.adopted).items():
        if text not in known:
            close = get_close_matches(text, known, n=1)
            meant = f"did you mean '{close[0]}'?" if close else "leave it out"
            yield Fault(f"'{text}' is not declared by a database; {meant}", ("adopted",))
        elif count > 1:
            yield Fault(f"'{text}' is listed twice; write it once", ("adopted",))
