"""The tables of docs/webhooks.md: each function has a rule that exists, or a reason."""

import re

import pytest

from components.spec.rule import RULES
from tests.support import ROOT

PAGE = (ROOT / "docs/webhooks.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("function", "answer"), ROWS, ids=lambda cell: cell[:40])
def test_each_function_has_a_rule_or_a_reason(function: str, answer: str) -> None:
    named = re.findall(r"\[([-\w]+)\]\(rules\.md#([-\w]+)\)", answer)
    unknown = [name for name, anchor in named if name != anchor or name not in RULES]
    reasons = ("not offered: ", "set by tier0: ", "calls ", "refuses nothing")
    assert unknown == [], function
    assert named or answer.startswith(reasons), function
