"""What people have becomes an environment that `check` accepts, and the rest is said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from stacks.adopt.adopt import Adopted, adopt
from stacks.adopt.command import report
from stacks.adopt.differ import changed
from stacks.adopt.reading import files
from stacks.check import judged, load
from tests.stacks.adopt.cases import TODAY

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
MANIFESTS = sorted((HERE / "manifests").iterdir())
"""What public repositories have, rewritten: names are ours, the fields theirs."""

VALUES = {"APP": "wiki", "STORE": "https://s3.example.org", "BUCKET": "far-archives"}
"""What Flux knows, and no manifest."""


def _shown(place: str) -> str:
    return place.removeprefix(f"{HERE}/manifests/")


def adopted(path: Path) -> Adopted:
    """Return what is made of one of MANIFESTS; the report names it from here."""
    found = files(path, "", VALUES)
    for it in found.documents:
        it.source = str(Path(it.source).relative_to(HERE / "manifests"))
    found.notes = [replace(it, place=_shown(it.place)) for it in found.notes]
    found.ignored = [_shown(it) for it in found.ignored]
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
        found = files(path, "", VALUES)
        made = adopt(found, where=path.name, context=None, today=TODAY)
        out = [it for it in made.notes if it.verdict == "kept out"]
        left[path.name] = len(out)
        read[path.name] = sum(len(it.taken) for it in found.documents)
    share = 1 - left.total() / (left.total() + read.total())
    assert share > 0.8, left


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda it: it.stem)
def test_what_is_adopted_can_be_taken_over(path: Path) -> None:
    documents = files(path, "", VALUES).documents
    changes = changed(documents, judged(adopted(path).environment))
    assert [said for it in changes for said in it.impossible] == []


def _lost(path: Path) -> Iterator[str]:
    """Yield each field that the object has no more, and of which the report says nothing."""
    documents = files(path, "", VALUES).documents
    made = adopted(path)
    for it in changed(documents, judged(made.environment)):
        notes = [note for note in made.notes if f"{it.kind} {it.name}" in note.place]
        places = [note.place.partition(f"{it.name} ")[2] for note in notes]
        said = " ".join(note.text for note in notes)
        for field in it.fields:
            steps = field.path.split(".")
            if it.change != "changed" or field.before in (None, "", [], {}):
                continue
            if (
                field.after is None
                and steps[-1] not in said
                and not any(_covers(place, steps) for place in places if place)
            ):
                yield f"{it.kind} {it.name} {field.path}"


def _covers(place: str, steps: Sequence[str]) -> bool:
    """Tell whether a place of the report is a field or around it; items of lists have names."""
    for one, other in zip(place.split("."), steps, strict=False):
        if "[" in one:
            return one.partition("[")[0] == other
        if one != other:
            return False
    return True


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda it: it.stem)
def test_no_field_goes_without_a_word(path: Path) -> None:
    assert list(_lost(path)) == []
