"""The table of pins: what the page on upgrades says of it, and that none of it was never asked."""

import datetime as dt
import re

from components.charts import CHARTS
from tests.support import ROOT

PAGE = (ROOT / "docs/upgrade.md").read_text("utf-8")


def rows(head: str) -> list[list[str]]:
    """Return the rows of the table of the page whose first line is *head*."""
    table = PAGE.partition(f"\n{head}\n")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]


def test_the_page_on_upgrades_shows_the_pins() -> None:
    assert rows("| operator | version | chart | repository | supported | looked at |") == [
        [
            operator,
            pin.version,
            f"{pin.chart} {pin.chart_version}",
            pin.repository,
            f"[{pin.supported}]({pin.page})",
            pin.looked_at,
        ]
        for operator, pin in CHARTS.items()
    ]


def test_each_pin_was_looked_at_on_a_day_that_was() -> None:
    for pin in CHARTS.values():
        assert dt.date(2026, 1, 1) <= dt.date.fromisoformat(pin.looked_at)
        assert pin.supported
        assert pin.page.startswith("https://")


def test_a_repository_is_an_address_that_an_index_can_be_put_behind() -> None:
    for pin in CHARTS.values():
        assert re.fullmatch(r"https://[\w.-]+(/[\w-]+)*", pin.repository), pin.repository


def test_sealed_secrets_comes_from_where_it_moved_to() -> None:
    """The former address answers 404, and its pages do not redirect (#1982, 2026-06)."""
    assert CHARTS["sealed-secrets"].repository == "https://bitnami.github.io/sealed-secrets"
