"""The rules that hold for the objects of any Pulumi program, for a policy pack."""

from stacks.policies.objects import UNKNOWN, Program, Resource
from stacks.policies.policies import POLICIES
from stacks.policies.policy import Policy

__all__ = ["POLICIES", "UNKNOWN", "Policy", "Program", "Resource"]
