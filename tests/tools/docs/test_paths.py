"""What a page names is there: paths, links, modules, rooms and laws."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.test_house import MODULES, needed_rooms

# A decision is of its day, and so are the places that it names.
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts),
]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")

_ROOTED = re.compile(
    r"(?:\.ci|\.github|benchmarks|components|docs|examples|stacks|tests|tools)/[\w./<>*-]*"
)


def _words(page: Path) -> Iterator[str]:
    """Yield each word in backticks, also of a span that goes over two lines."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`]+)`", text):
        yield from span.split()


def _there(word: str) -> bool:
    """Tell whether the path *word* exists; `<name>` in it stands for any."""
    return any(ROOT.glob(re.sub(r"<[^>]*>", "*", word).rstrip("/")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_exists(page: Path) -> None:
    words = set(_words(page))
    rooted = {word for word in words if _ROOTED.fullmatch(word)}
    bare = {word for word in words if re.fullmatch(r"\w+\.(?:py|sh|yml)", word)}
    assert [word for word in rooted if not _there(word)] == []
    assert [word for word in bare if not _there(f"**/{word}")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    local = {link for link in links if "://" not in link}
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_page_is_in_the_index() -> None:
    folder = ROOT / "docs"
    index = (folder / "README.md").read_text("utf-8")
    pages = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in {".md", ".json"} and "decisions" not in path.parts
    }
    assert pages - {"README.md"} == set(re.findall(r"\]\(([^)]+)\)", index)) - {
        "decisions/README.md"
    }


def _picture() -> dict[str, int]:
    """Return the line of each room in the picture of the rooms."""
    (picture,) = re.findall(r"^```\n(stacks/.*?)^```$", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    house = ""
    for number, line in enumerate(picture.splitlines()):
        names = line.partition("│")[0].split()
        if names[0].endswith("/"):
            house = names.pop(0).rstrip("/")
        found |= {f"{house}.{name}": number for name in names}
    return found


def test_the_picture_shows_every_room_above_those_that_it_uses() -> None:
    picture, needs = _picture(), needed_rooms()
    rooms = needs.keys() - {"components", "stacks"}
    assert picture.keys() == rooms
    wrong = [
        f"{room} uses {used}, which is not on a lower line"
        for room in sorted(rooms)
        for used in sorted(needs[room] & rooms)
        if picture[used] <= picture[room]
    ]
    assert wrong == []


def test_the_laws_are_those_that_are_tested() -> None:
    house = ast.parse((ROOT / "tests/test_house.py").read_text("utf-8"))
    tests = {node.name for node in house.body if isinstance(node, ast.FunctionDef)}
    assert MODULES, "nothing is guarded"
    assert {name for name in tests if name.startswith("test_")} == set(
        re.findall(r"\| `(test_\w+)` \|$", ARCHITECTURE, re.MULTILINE)
    )
