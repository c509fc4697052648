"""The page of drills, in real Chromium: light, dark, narrow and on paper."""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from components.pods.page import page as drill_page
from components.postgres import DrillsSpec
from stacks.report.page import page
from stacks.report.record import evidence_in, from_evidence
from stacks.report.standing import ORDER, standing
from tests import drilled
from tests.engine.browser import Browser, browser
from tests.support import ROOT

LEAST = 4.5
"""The contrast of text that WCAG 2.2 asks for at level AA (1.4.3)."""

LEAST_SHAPE = 3.0
"""The contrast of a shape that carries meaning (1.4.11)."""

CONTRASTS = """
(() => {
  const rgb = (said) => said.match(/[\\d.]+/g).map(Number);
  const light = (said) => {
    const [r, g, b] = rgb(said).map((it) => it / 255).map(
      (it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const under = (it) => {
    for (; it; it = it.parentElement) {
      const found = getComputedStyle(it).backgroundColor;
      if (rgb(found)[3] !== 0) return found;
    }
  };
  const ratio = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const texts = [...document.querySelectorAll("main *")].filter((it) =>
    [...it.childNodes].some((one) => one.nodeType === 3 && one.data.trim())
    && !(it instanceof SVGElement));
  const shapes = [...document.querySelectorAll(".icon, .marks path, .bar i")];
  return {
    texts: texts.map((it) => [
      ratio(getComputedStyle(it).color, under(it)), it.textContent.slice(0, 40)]),
    shapes: shapes.map((it) => {
      const its = getComputedStyle(it);
      const [colour, ground] = it.matches(".bar i")
        ? [its.backgroundColor, under(it.parentElement)]
        : [its.stroke, under(it.parentElement)];
      return [ratio(colour, ground), it.outerHTML.slice(0, 60)];
    }),
  };
})()
"""


PICTURE = ROOT / "docs" / "report.png"
DEMO = Path(__file__).with_name("demo")
"""What the drills of one run of `make demo` have found."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with browser() as opened:
        yield opened


@pytest.fixture(params=["one drill", "one database", "many databases"])
def shown(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a page's file."""
    failed = drilled.failed(left_behind="Cluster tier0-drills/drill", database="n8n")
    them = {
        "n8n": [failed, drilled.look()],
        "a-very-long-name-of-a-database-that-is-of-63-characters-in-all-x": [drilled.passed()],
        "crm": [drilled.missed()],
        "wiki": [drilled.unverified()],
        "never": [],
    }
    if request.param == "one database":
        them = {"n8n": them["n8n"]}
    stands = [
        standing(
            name,
            from_evidence(drilled.history(*(drilled.of(it, name) for it in found))),
            DrillsSpec(),
            drilled.NOW,
        )
        for name, found in them.items()
    ]
    stands.sort(key=lambda it: ORDER.index(it.word))
    made = page("homelab", stands, (), drilled.NOW)
    if request.param == "one drill":
        made = drill_page(failed)
    path = tmp_path / "page.html"
    path.write_text(made, encoding="utf-8")
    return path


def test_the_page_asks_for_nothing_but_itself(chromium: Browser, shown: Path) -> None:
    chromium.open(shown)
    assert [it for it in chromium.asked() if not it.startswith("data:")] == [shown.as_uri()]
    assert chromium.complaints() == []


@pytest.mark.parametrize(("width", "height"), [(360, 640), (768, 1024), (1100, 800)])
def test_nothing_scrolls_sideways_and_the_verdict_is_seen_first(
    chromium: Browser, shown: Path, width: int, height: int
) -> None:
    chromium.open(shown, width=width, height=height)
    assert chromium.run("document.documentElement.scrollWidth") == width
    assert chromium.run("document.querySelector('h1').textContent") == "Failed"
    bottom = chromium.run("document.querySelector('h1').getBoundingClientRect().bottom")
    assert 0 < bottom < height / 2


def test_dark_is_another_picture_than_light(chromium: Browser, shown: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    chromium.open(shown)
    light, seen = chromium.run(ground), chromium.picture()
    chromium.open(shown, scheme="dark")
    assert chromium.run(ground) != light
    assert chromium.picture() != seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_have_the_contrast_of_wcag_aa(
    chromium: Browser, shown: Path, scheme: str
) -> None:
    chromium.open(shown, scheme="dark" if scheme == "dark" else "light")
    chromium.run("document.querySelectorAll('details').forEach((it) => { it.open = true })")
    found = chromium.run(CONTRASTS)
    assert len(found["texts"]) > 30
    assert len(found["shapes"]) > 5
    assert [it for it in found["texts"] if it[0] < LEAST] == []
    assert [it for it in found["shapes"] if it[0] < LEAST_SHAPE] == []


def test_on_paper_are_the_verdict_and_what_is_collapsed_on_a_screen(
    chromium: Browser, shown: Path
) -> None:
    chromium.open(shown, scheme="dark")
    pdf = shown.with_suffix(".pdf")
    pdf.write_bytes(chromium.pdf())
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"^\W*Failed$", text, re.MULTILINE)
    assert drilled.failed().reason.split(";")[0] in " ".join(text.split())
    assert "n8n.public.credentials_entity" in text


def test_the_picture_of_the_page_is_small(
    chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It is that of `make demo`, whose evidence is kept; `--record` makes it again."""
    found = [evidence_in(it.read_text(encoding="utf-8")) for it in sorted(DEMO.glob("*.json"))]
    ended = datetime.fromisoformat(found[-1].ended) + timedelta(minutes=1)
    stands = standing("n8n", from_evidence(found), DrillsSpec(), ended)
    path = tmp_path / "page.html"
    path.write_text(page("demo", [stands], (), ended), encoding="utf-8")
    chromium.open(path, width=960, height=1010)
    if request.config.getoption("--record"):
        PICTURE.write_bytes(chromium.picture())
    made, kept = chromium.picture(), PICTURE.read_bytes()
    assert len(kept) < 150_000
    # Its width and height; what fonts there are differs by machine.
    assert kept[:24] == made[:24]
