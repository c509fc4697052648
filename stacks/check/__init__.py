"""`python -m stacks check`: loads an environment and judges it as a whole.

Importing this package registers every rule.
"""

from stacks.check import rules
from stacks.check.loading import InvalidEnvironment, compared, environments, judged, load, module_of

__all__ = [
    "InvalidEnvironment", "compared", "environments", "judged", "load", "module_of", "rules",
]  # fmt: skip
