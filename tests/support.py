"""Helpers of the tests that are not fixtures."""

from pathlib import Path

from stacks.compose import compose
from stacks.environment import EnvironmentSpec
from stacks.recorder import Recording, record

ROOT = Path(__file__).parent.parent


def declared(environment: EnvironmentSpec) -> Recording:
    """Return what the program declares for *environment*."""
    return record(lambda: compose(environment).export())
