"""The first screen shows what there is: an environment, and what `check` says of a mistake.

tests/engine/test_readme.py runs its commands.
"""

import re
from collections.abc import Callable

from tests.support import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def _block(language: str) -> list[str]:
    (found, *_) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str(found).splitlines()


def test_the_environment_shown_is_an_excerpt_of_homelab() -> None:
    lines = iter((ROOT / "stacks" / "homelab.py").read_text("utf-8").splitlines())
    shown = [line for line in _block("python") if line.strip() != "# ..."]
    assert len(shown) >= 20
    assert [line for line in shown if line not in lines] == [], "in this order"


def test_the_faults_shown_are_what_check_says(faults_of: Callable[..., list[str]]) -> None:
    changes = ["copies=1", 'encryption="AES256"']
    assert [change for change in changes if f"`{change}`" not in README] == []
    command, *shown = _block("text")
    assert command == "$ .venv/bin/python -m stacks check homelab"
    assert shown == faults_of(("copies=3", changes[0]), ("jobs=2", f"jobs=2, {changes[1]}"))
