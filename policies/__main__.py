"""A policy pack: tier0's rules for the objects of any Pulumi program (docs/policies.md)."""

# ruff: noqa: INP001 (a policy pack is a folder, not a package)

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError
from tier0.stacks.policies import POLICIES, UNKNOWN, Policy, Program, Resource

KUBERNETES = "kubernetes:"


def known(tree: Mapping[Any, Any] | Sequence[Any], key: Any) -> Any:  # noqa: ANN401 - JSON
    """Return what *tree* has at *key*, with UNKNOWN for each value that a preview does not know."""
    try:
        value = tree[key]
    except UnknownValueError:
        return UNKNOWN
    if isinstance(value, Mapping):
        return {name: known(value, name) for name in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [known(value, number) for number in range(len(value))]
    return value


def read(found: PolicyResource | ResourceValidationArgs) -> Resource:
    """Return a Kubernetes object of the program."""
    manifest = {key: known(found.props, key) for key in found.props}
    return Resource(urn=found.urn, manifest=manifest, protected=found.opts.protect)


def of_one(policy: Policy) -> ResourceValidationPolicy:
    """Return the policy that judges each object before it is made."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if policy.of and args.resource_type.startswith(KUBERNETES):
            resource = read(args)
            for fault in policy.of(resource):
                report(policy.said(fault, resource), None)

    return ResourceValidationPolicy(policy.rule, policy.summary, validate, level(policy))


def of_all(policy: Policy) -> StackValidationPolicy:
    """Return the policy that judges all objects together."""
    schema = PolicyConfigSchema({k: dict(v) for k, v in (policy.settings or {}).items()})

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        objects = [read(it) for it in args.resources if it.resource_type.startswith(KUBERNETES)]
        program = Program(resources=objects, settings=args.get_config())
        if policy.of_all:
            for fault in policy.of_all(program):
                of = fault.resource
                report(policy.said(fault, of), of.urn if of else None)

    return StackValidationPolicy(policy.rule, policy.summary, validate, level(policy), schema)


def level(policy: Policy) -> EnforcementLevel:
    """Return whether a fault ends the run, or is only told."""
    return EnforcementLevel.ADVISORY if policy.advisory else EnforcementLevel.MANDATORY


PolicyPack("tier0", [of_one(it) if it.of else of_all(it) for it in POLICIES])
