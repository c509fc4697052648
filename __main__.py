"""The stack's name picks its environment."""

import pulumi

from stacks.check import load
from stacks.compose import compose

compose(load(pulumi.get_stack())).export()
