"""What people have becomes an environment that `check` accepts, and the rest is said."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stacks.adopt.adopt import Adopted, adopt
from stacks.adopt.command import report
from stacks.adopt.differ import changed
from stacks.adopt.reading import files
from stacks.check import judged, load

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
MANIFESTS = sorted((HERE / "manifests").iterdir())
"""What public repositories have, rewritten: names are ours, the fields theirs."""

TODAY = date(2026, 11, 30)


def adopted(path: Path) -> Adopted:
    """Return what is made of one of MANIFESTS; the report names it from here."""
    found = files(path, "")
    for it in found.documents:
        it.source = str(Path(it.source).relative_to(HERE / "manifests"))
    found.ignored = [it.removeprefix(f"{HERE}/manifests/") for it in found.ignored]
    return adopt(found, where=path.name, context=None, today=TODAY)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda it: it.stem)
def test_what_people_have_becomes_the_golden_module(
    path: Path, request: pytest.FixtureRequest
) -> None:
    made = adopted(path)
    shown = {"py": made.text, "txt": "".join(f"{line}\n" for line in report(made))}
    for ending, text in shown.items():
        golden = GOLDEN / f"{path.stem.replace('-', '_')}.{ending}"
        if request.config.getoption("--record"):
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8"), (
            f"{path.name} is adopted in another way than {golden.name} shows; if that is meant, "
            "run this test with --record and review the difference"
        )


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.py")), ids=lambda it: it.stem)
def test_check_accepts_what_is_written(path: Path) -> None:
    assert load(str(path)).databases


def test_most_fields_that_people_use_can_be_said() -> None:
    read: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for path in MANIFESTS:
        found = files(path, "")
        made = adopt(found, where=path.name, context=None, today=TODAY)
        out = [it for it in made.notes if it.verdict == "kept out"]
        left[path.name] = len(out)
        read[path.name] = sum(len(it.taken) for it in found.documents)
    share = 1 - left.total() / (left.total() + read.total())
    assert share > 0.8, left


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda it: it.stem)
def test_what_is_adopted_can_be_taken_over(path: Path) -> None:
    documents = files(path, "").documents
    changes = changed(documents, judged(adopted(path).environment))
    assert [said for it in changes for said in it.impossible] == []
