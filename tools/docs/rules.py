"""The text of `docs/rules.md`: every rule with its evidence, and an environment that breaks it.

The examples are the shortest modules of `tests/stacks/check`, which tests hold to what
`check` says.
"""

import ast
import re

from components.spec.rule import Ring, Rule, of
from tools import ROOT

_TESTS = ROOT / "tests" / "stacks" / "check"

_HEAD = """# Rules

What `python -m stacks check` holds an environment to, and the hints that a plan gives. Generated
from the rules and their tests by `make docs`. Each fault is a line, `place: fault; mend [id]`.

A rule that may be *waived* is a judgement; an environment says why it has another one:

```python
EnvironmentSpec(
    context="homelab",
    # ...
    waivers=[
        WaiverSpec(
            rule="T305",
            place="object_store.copies",
            because="there are only two hosts until the third is delivered",
            until="2027-01-31",
        ),
    ],
)
```

`check` then prints the waiver instead, and fails after that day, or when nothing is left to waive.

The examples change one thing in an environment that is sound (`tests/valid.py`).
"""

_RINGS: dict[Ring, tuple[str, str]] = {
    "value": ("One value", "Of one text or number. What they refuse never works: none is waived."),
    "spec": ("One spec", "Of the fields of one spec together. They cannot be waived either."),
    "environment": ("The whole environment", "Of what its parts need of each other."),
    "hint": ("Hints", "What a choice costs, by what was measured. None fails."),
}


def rules() -> str:
    """Return the document."""
    examples = _examples()
    parts = [_HEAD]
    for ring, (title, says) in _RINGS.items():
        parts += [f"## {title}", "", says, ""]
        parts += [_rule(rule, examples.get(rule.id)) for rule in of(ring)]
    return "\n".join(parts)


def _rule(rule: Rule, example: tuple[str, str] | None) -> str:
    lines = [f"### {rule.id}", "", rule.summary + " *May be waived.*" * rule.waivable, ""]
    if rule.reference:
        lines += [rule.reference, ""]
    if example:
        line, code = example
        lines += ["```python", code, "```", "", f"    {line}", ""]
    return "\n".join(lines)


def _examples() -> dict[str, tuple[str, str]]:
    """Return, by rule, a line that it says and the code that it is said of."""
    found: dict[str, tuple[str, str]] = {}
    modules = sorted((*_TESTS.glob("bad/**/*.py"), *_TESTS.glob("hinted/**/*.py")))
    for text in sorted((it.read_text(encoding="utf-8") for it in modules), key=len):
        body = ast.parse(text)
        lines = (ast.get_docstring(body) or "").splitlines()
        code = ast.get_source_segment(text, body.body[-1]) or ""
        for line in lines:
            if match := re.search(r" \[([TH]\d+)\]$", line):
                found.setdefault(match[1], (line, code))
    return found
