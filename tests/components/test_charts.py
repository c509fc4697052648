"""The table of pins: what the page on upgrades says of it, and that none of it was never asked."""

import datetime as dt
import re

from components.charts import CHARTS, ROOK
from components.operators import OperatorsSpec
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


def test_the_page_on_upgrades_shows_what_each_version_of_rook_supports() -> None:
    assert rows("| Rook | proof | supported | Kubernetes | Ceph | AES256K keys |") == [
        [
            version,
            row.proof,
            row.supported,
            row.kubernetes,
            ", ".join(f"{oldest[0]} from {'.'.join(map(str, oldest))}" for oldest in row.ceph),
            "yes" if row.new_keys else "no",
        ]
        for version, row in ROOK.items()
    ]


def test_the_versions_of_rook_to_choose_from_are_in_order_and_skip_no_minor() -> None:
    """An upgrade goes from one to the next (Rook, rook-upgrade.md)."""
    minors = [int(version.split(".")[1]) for version in ROOK]
    assert minors == [*range(minors[0], minors[0] + len(minors))]


def test_what_is_installed_by_default_ran_in_the_lab() -> None:
    pins = OperatorsSpec().charts()
    assert pins == CHARTS
    # What applies the tree is applied to, not run: see docs/decisions/0015.
    assert {name for name, pin in pins.items() if pin.proof != "run in the lab"} == {"argo-cd"}


def test_the_fields_that_a_version_of_rook_needs_follow_its_ceph() -> None:
    """Rook knows the keys from 1.19.9 on; what is older must not be offered Ceph with them."""
    assert {version: row.new_keys for version, row in ROOK.items()} == {
        "v1.17.9": False,
        "v1.18.11": False,
        "v1.19.10": True,
    }
