"""The text of `docs/rules.md`: every rule with its evidence, and an environment that breaks it.

The examples are the shortest modules of `tests/stacks/check/{bad,hinted}`, `tests/stacks/changed`
and `tests/stacks/policies/bad`, whose lines tests compare with what is printed.
"""

import ast
import re

import stacks.policies  # noqa: F401 - registers its rules
from components.spec.rule import Level, Rule, of
from tools import ROOT

_TESTS = ROOT / "tests" / "stacks"
_KINDS = ("check/bad", "check/hinted", "changed", "policies/bad")

_HEAD = """# Rules

What `python -m stacks check` holds an environment to, the hints that a plan gives, and what it says
of changes. Generated from the rules and their tests by `make docs`. Each fault is a line:
`place: fault; fix [rule]`.

A rule marked *waivable* is a judgement. An environment that judges differently says so in a waiver:

```python
EnvironmentSpec(
    context="homelab",
    # ...
    waivers=[
        WaiverSpec(
            rule="survives-one-host",
            place="object_store.copies",
            because="there are only two hosts until the third is delivered",
            until="2027-01-31",
        ),
    ],
)
```

`check` then prints the waiver instead, and fails after that day, or when nothing is left to waive.

The examples change one thing in a valid environment (`tests/valid.py`).
"""

_LEVELS: dict[Level, tuple[str, str]] = {
    "value": (
        "One value",
        "These judge one text or number. What they refuse never works: none can be waived.",
    ),
    "spec": (
        "One spec",
        "These judge the fields of one spec together. They cannot be waived either.",
    ),
    "environment": (
        "The whole environment",
        "These judge what the parts of an environment need from each other.",
    ),
    "hint": ("Hints", "These say what a choice costs, as measured. A hint fails nothing."),
    "change": (
        "Changes that cannot be made",
        "These judge an object that exists and what it is to become; `pulumi up` does too.",
    ),
    "consequence": (
        "Consequences of a change",
        "These say what a possible change brings with it. They refuse nothing.",
    ),
    "policy": (
        "Objects of other programs",
        "[The policy pack](policies.md) judges these in the objects of any Pulumi program.",
    ),
}


def rules() -> str:
    """Return the document."""
    examples = _examples()
    parts = [_HEAD, "## Index", ""]
    for level, (title, _) in _LEVELS.items():
        parts += [f"**{title}**", "", *map(_entry, of(level)), ""]
    for level, (title, says) in _LEVELS.items():
        parts += [f"## {title}", "", says, ""]
        parts += [_rule(rule, examples.get(rule.name)) for rule in of(level)]
    return "\n".join(parts)


def _environment(assignment: ast.Assign) -> bool:
    (target,) = assignment.targets
    judged = {"ENVIRONMENT", "BEFORE", "AFTER", "OBJECTS", "SETTINGS", "UNPROTECTED"}
    return isinstance(target, ast.Name) and target.id in judged


def _entry(rule: Rule) -> str:
    return f"- [{rule.name}](#{rule.name}): {_summary(rule)}"


def _summary(rule: Rule) -> str:
    return rule.summary + " *Waivable.*" * rule.waivable


def _rule(rule: Rule, example: tuple[str, str] | None) -> str:
    lines = [f"### {rule.name}", "", _summary(rule), ""]
    if rule.reference:
        lines += [rule.reference, ""]
    if example:
        line, code = example
        lines += ["```python", code, "```", "", f"    {line}", ""]
    return "\n".join(lines)


def _examples() -> dict[str, tuple[str, str]]:
    """Return, for each rule, a line that it prints and the code that it judges."""
    found: dict[str, tuple[str, str]] = {}
    modules = sorted(it for kind in _KINDS for it in _TESTS.glob(f"{kind}/**/*.py"))
    for text in sorted((it.read_text(encoding="utf-8") for it in modules), key=len):
        body = ast.parse(text)
        lines = (ast.get_docstring(body) or "").splitlines()
        made = [it for it in body.body if isinstance(it, ast.Assign) and _environment(it)]
        code = "\n".join(ast.get_source_segment(text, it) or "" for it in made)
        for line in lines:
            if match := re.search(r" \[([a-z0-9-]+)\]$", line):
                found.setdefault(match[1], (line, code))
    return found
