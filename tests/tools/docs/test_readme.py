"""The first screen shows what there is: an environment, and what `check` says of a mistake.

tests/engine/test_readme.py runs its commands.
"""

import re

from tests.support import ROOT, faults_of

README = (ROOT / "README.md").read_text("utf-8")


def _block(language: str) -> list[str]:
    (found, *_) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str(found).splitlines()


def test_the_environment_shown_is_an_excerpt_of_homelab() -> None:
    lines = iter((ROOT / "stacks" / "homelab.py").read_text("utf-8").splitlines())
    shown = [line for line in _block("python") if line.strip() != "# ..."]
    assert len(shown) >= 20
    assert [line for line in shown if line not in lines] == [], "in this order"


def test_the_first_screen_has_the_picture_of_the_report_and_each_page_on_proofs_is_linked() -> None:
    before, _, _ = README.partition("```python")
    (picture,) = re.findall(r'<img src="([^"]+)"', before)
    assert (ROOT / picture).is_file()
    for page in ("drills", "report", "alerts", "ci-gate", "peers"):
        assert f"(docs/{page}.md)" in README, page


def test_the_demo_is_a_command_of_make() -> None:
    (command,) = set(re.findall(r"`make (demo)`", README))
    assert f"\n{command}: $(STAMP) ## " in (ROOT / "Makefile").read_text("utf-8")


def test_the_faults_shown_are_what_check_says() -> None:
    assert "`copies=1`" in README
    assert '`encryption="AES256"`' in README
    command, *shown = _block("text")
    assert command == "$ .venv/bin/python -m stacks check homelab"
    assert shown == faults_of(
        {"databases.n8n.backup.encryption": "AES256", "object_store.copies": 1}
    )
