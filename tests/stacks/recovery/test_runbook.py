"""The page for the night it burns: each line can be run, each name is the environment's."""

import argparse
import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import certifi
import pytest

from components.talos import TalosctlSpec
from stacks import __main__ as command_line
from stacks.check import load
from stacks.check.rules.kept import needed
from stacks.environment import EnvironmentSpec
from stacks.kept import KeptSpec
from stacks.recovery.runbook import markdown, runbook
from stacks.recovery.runbook.page import Runbook, Step
from tests import valid
from tests.support import ROOT, to_module

Said = subprocess.CompletedProcess[str]

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 11, 30)

_PEM = r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n"
CERTIFICATE = re.findall(_PEM, Path(certifi.where()).read_text("utf-8"))[0]

TWO = {"n8n": valid.database(), "shop": valid.database("shop", instances=1, clients=["web"])}
ENVIRONMENTS: Mapping[str, Callable[[], EnvironmentSpec]] = {
    "homelab": lambda: load("homelab"),
    "production": lambda: load("production"),
    "every choice": valid.every_choice,
    "restored before": valid.restored,
    "argo cd": lambda: valid.edited("production", {"gitops": valid.gitops()}),
    "sealed secrets": lambda: valid.edited(
        "production", {"gitops": valid.gitops(sealing_certificate=CERTIFICATE)}
    ),
    "talos": lambda: valid.environment(
        bootstrap=valid.talos(), operators=valid.operators(), offsite=valid.offsite()
    ),
    "opentofu": lambda: valid.environment(bootstrap=valid.tofu(), offsite=valid.offsite()),
    "archive elsewhere": valid.elsewhere,
    "archive elsewhere and a copy": lambda: valid.elsewhere(
        {"offsite": valid.offsite(endpoint="https://s3.example.net")}
    ),
    "a follower and another database": lambda: valid.environment(
        databases={"n8n": valid.following(), "shop": valid.database("shop")},
        offsite=valid.offsite(),
    ),
    "two databases": lambda: valid.environment(
        disposable=True, databases=TWO, offsite=valid.offsite()
    ),
}

VARIABLES = {
    '"${TO[@]}"': "before-xid 4711 --backup 20260101T020000",
    '"$T"': "2026-11-30T09:55:00+00:00",
    '"$DATABASE"': "reports",
}


@pytest.fixture(params=ENVIRONMENTS, scope="module")
def environment(request: pytest.FixtureRequest) -> EnvironmentSpec:
    return ENVIRONMENTS[request.param]()


def _made(environment: EnvironmentSpec, day: date = DAY) -> Runbook:
    return runbook("homelab", environment, day)


def _steps(made: Runbook) -> Iterator[Step]:
    yield from made.first.steps
    for database in made.databases:
        for scenario in database.scenarios:
            yield from scenario.steps
    yield from made.cluster.steps


def _lines(made: Runbook) -> list[str]:
    """Return every line for a shell, also those within a sentence."""
    steps = [*_steps(made)]
    texts = [text for step in steps for text in (step.do, step.check, step.stop)]
    quoted = [line for text in texts for line in re.findall(r"`([^`]+)`", text)]
    tools = ("python ", "pulumi ", "kubectl ")
    return [line for step in steps for line in step.run] + [
        line for line in quoted if line.startswith(tools) and " " in line.split(" ", 1)[1]
    ]


def _ours(made: Runbook) -> Iterator[list[str]]:
    """Yield the arguments of each of tier0's own commands."""
    for line in _lines(made):
        if line.startswith("python -m stacks "):
            yield shlex.split(re.sub("|".join(map(re.escape, VARIABLES)), _value, line))[3:]


def _value(variable: re.Match[str]) -> str:
    return VARIABLES[variable[0]]


def _taken(words: list[str]) -> argparse.Namespace:
    found: argparse.Namespace = vars(command_line)["_arguments"](words)
    return found


def test_each_command_of_tier0_is_one_that_its_command_line_takes(
    environment: EnvironmentSpec,
) -> None:
    commands = [_taken(words) for words in _ours(_made(environment))]
    assert {it.command for it in commands} >= {"check", "window", "find", "inspect", "restore"}
    for it in commands:
        names = it.environment if isinstance(it.environment, list) else [it.environment]
        assert names == ["homelab"]
        for database in [*(getattr(it, "database", None) or ())][:1]:
            assert "".join(it.database) in environment.databases, database


def test_each_line_is_one_that_bash_reads(environment: EnvironmentSpec) -> None:
    script = "\n".join(_lines(_made(environment)))
    read = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_each_line_names_the_cluster_and_the_stack(environment: EnvironmentSpec) -> None:
    for line in _lines(_made(environment)):
        for call in re.findall(r"kubectl (?:--context (\S+))?", line):
            assert call == environment.context, line
        if re.search(r"\bpulumi (?!stack init)", line):
            assert line.endswith(" --stack homelab"), line


def test_each_namespace_is_one_of_the_environment(environment: EnvironmentSpec) -> None:
    known = set(environment.namespaces) | {
        client for it in environment.databases.values() for client in it.clients
    }
    known |= {environment.gitops.namespace} if environment.gitops else set()
    named = {
        name
        for line in _lines(_made(environment))
        for name in re.findall(r"kubectl .* -n (\S+)", line)
    }
    assert named <= known
    assert {it.namespace for it in environment.databases.values()} <= named


def test_each_cluster_of_a_database_is_one_that_it_has_or_will_have(
    environment: EnvironmentSpec,
) -> None:
    for page in _made(environment).databases:
        spec = environment.databases[page.name]
        known = {spec.current.cluster, f"{spec.cluster}-g{len(spec.lineage) + 1}"}
        text = "\n".join(line for it in page.scenarios for step in it.steps for line in step.run)
        named = set(re.findall(r"cnpg\.io/cluster=([^,\s]+)", text))
        named |= set(re.findall(r" (?:wait|get) clusters\.postgresql\.cnpg\.io (\S+)", text))
        assert named == known


def test_the_next_generation_has_the_next_number_and_the_active_one_is_the_way_back() -> None:
    (page,) = _made(valid.restored()).databases
    lines = [line for it in page.scenarios for step in it.steps for line in step.run]
    said = [line for line in lines if " activate " in line or " retire " in line]
    assert said == [
        "python -m stacks activate homelab orders 6 --write",
        "python -m stacks activate homelab orders 4 --write",
        "python -m stacks retire homelab orders 4 --write",
    ]
    assert page.facts["Cluster"] == "orders-g4 in namespace orders, generation 4"
    assert (
        page.facts["other generations"] == "1 (upgraded), 2 (removed), 3 (retired), 5 (candidate)"
    )
    steps = [step.do for it in page.scenarios for step in it.steps]
    assert any("checks holds: orders-are-there." in do for do in steps)


def test_without_a_copy_the_loss_of_the_cluster_ends_before_anything_is_made() -> None:
    made = _made(load("homelab"))
    assert "Stop here" in made.cluster.steps[-1].do
    assert not any("pulumi" in line for step in made.cluster.steps for line in step.run)


def test_an_archive_elsewhere_brings_a_lost_cluster_back_without_a_store_of_its_own() -> None:
    made = _made(valid.elsewhere())
    assert "they are at https://s3.example.org, and no store has to be made" in made.cluster.when
    lines = [line for step in made.cluster.steps for line in step.run]
    assert any("restore homelab --all --from archive --to latest --write" in line for line in lines)
    assert "ceph" not in markdown(made).casefold()


def test_what_a_follower_refuses_is_not_on_its_page() -> None:
    made = _made(ENVIRONMENTS["a follower and another database"]())
    follower, other = made.databases
    lines = [line for it in follower.scenarios for step in it.steps for line in step.run]
    named = {line.split()[3] for line in lines if line.startswith("python -m stacks")}
    assert named == {"check"}
    assert "The other site is lost" in [it.title for it in follower.scenarios]
    assert "The other site is lost" not in [it.title for it in other.scenarios]
    assert "| the site that n8n follows | its chapter |" in markdown(made)


def test_a_site_that_may_have_been_taken_over_is_not_restored_before_it_is_known() -> None:
    database = valid.database(site=valid.site(role="primary"))
    made = _made(valid.environment(databases={"n8n": database}, offsite=valid.offsite()))
    assert "The other site of n8n is to take over, or has" in made.cluster.steps[0].stop


def test_an_archive_elsewhere_has_no_private_ca_to_bring_back() -> None:
    assert "root CA" not in markdown(_made(valid.elsewhere()))
    assert "root CA" in markdown(_made(load("production")))


def test_no_up_comes_before_every_database_has_its_next_generation(
    environment: EnvironmentSpec,
) -> None:
    lines = [line for step in _made(environment).cluster.steps for line in step.run]
    ups = [number for number, line in enumerate(lines) if " up " in f" {line} "]
    written = [number for number, line in enumerate(lines) if line.endswith("--write")]
    assert bool(ups) is bool(environment.offsite or environment.existing_s3)
    if ups:
        assert written
        assert max(written) < min(ups), "it would make new, empty databases"


def test_with_argo_cd_the_tree_is_rendered_and_pushed_and_only_a_lost_cluster_needs_pulumi() -> (
    None
):
    made = _made(ENVIRONMENTS["argo cd"]())
    lines = [line for it in made.databases[0].scenarios for step in it.steps for line in step.run]
    assert not any(line.startswith("pulumi") for line in lines)
    assert 'python -m stacks render homelab --out "$TREE/rendered/homelab"' in lines
    assert 'git -C "$TREE" push' in lines
    cluster = [line for step in made.cluster.steps for line in step.run]
    pushed = cluster.index('git -C "$TREE" push')
    assert any(" pulumi up " in line for line in cluster[pushed:]), (
        "Argo CD would apply the old one"
    )


def test_talos_is_made_alone_from_machines_that_are_named() -> None:
    environment = ENVIRONMENTS["talos"]()
    text = markdown(_made(environment))
    assert isinstance(environment.bootstrap, TalosctlSpec)
    for name, node in environment.bootstrap.nodes.items():
        assert f"{name} {node.address}" in text
    assert '--target "**tier0:talos:TalosCluster**" --stack homelab' in text


def test_only_a_cluster_of_talos_has_its_nodes_replaced_by_its_page(
    environment: EnvironmentSpec,
) -> None:
    named = "docs/runbooks/talos.md" in markdown(_made(environment))
    assert named is (environment.bootstrap is not None)


def test_each_thing_that_is_kept_is_on_the_page_with_its_place_and_day() -> None:
    text = markdown(_made(load("production")))
    assert "| sealed envelopes with three of the administrators | 2026-10-05 |" in text
    assert "unknown" not in text


def test_what_the_environment_does_not_say_is_marked_as_unknown(
    environment: EnvironmentSpec,
) -> None:
    text = markdown(_made(environment))
    for name in needed(environment):
        said = environment.kept and getattr(environment.kept, name)
        assert (f"(`kept.{name}`)" in text) is not bool(said)


def test_what_nobody_has_seen_for_a_year_is_marked() -> None:
    production = load("production")
    assert "more than a year ago" not in markdown(_made(production, date(2027, 10, 5)))
    later = markdown(_made(production, date(2027, 10, 6)))
    assert later.count("2026-10-05, **more than a year ago**") == 2


def test_everything_that_can_be_kept_is_described() -> None:
    kept = {name: valid.kept_at() for name in KeptSpec.model_fields}
    sealed = valid.gitops(sealing_certificate=CERTIFICATE)
    changes = {"kept": KeptSpec(**kept), "gitops": sealed, "bootstrap": valid.tofu()}
    made = _made(valid.edited("production", changes))
    assert [it.name for it in made.kept] == [*KeptSpec.model_fields]
    assert len({it.what for it in made.kept}) == len(made.kept)
    for it in made.kept:
        assert (ROOT / it.page).is_file()
        assert "{" not in it.what


def test_each_page_that_is_named_exists(environment: EnvironmentSpec) -> None:
    text = markdown(_made(environment))
    pages = set(re.findall(r"docs/[-\w/]+\.md", text))
    assert pages
    assert [page for page in pages if not (ROOT / page).is_file()] == []
    for page, title in re.findall(r'(docs/[-\w/]+\.md), "([^"]+)"', text):
        assert f"## {title}\n" in (ROOT / page).read_text("utf-8")


def test_each_chapter_can_be_reached_from_the_top(environment: EnvironmentSpec) -> None:
    text = markdown(_made(environment))
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    anchors = {title.lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([-\w]+)\)", text)) == anchors


@pytest.mark.parametrize("name", ["homelab", "production"])
def test_a_page_is_what_its_golden_file_shows(name: str, request: pytest.FixtureRequest) -> None:
    text = markdown(runbook(name, load(name), DAY))
    golden = GOLDEN / f"{name}.md"
    if request.config.getoption("--record"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), (
        f"the runbook of {name} is another than {golden.name} shows; if that is meant, "
        "run make record and review the difference"
    )


def test_the_command_prints_the_page_of_today(stacks: Callable[..., Said]) -> None:
    before = datetime.now(UTC).date()
    printed = stacks("runbook", "homelab")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout in [
        markdown(runbook("homelab", load("homelab"), day)) + "\n"
        for day in (before, datetime.now(UTC).date())  # it may be midnight
    ]


def test_for_programs_it_is_the_same_in_json(stacks: Callable[..., Said]) -> None:
    printed = json.loads(stacks("runbook", "production", "--json").stdout)
    made = asdict(runbook("production", load("production"), date.fromisoformat(printed["date"])))
    assert printed == json.loads(json.dumps(made))


def test_an_environment_elsewhere_is_named_by_its_path(
    tmp_path: Path, stacks: Callable[..., Said]
) -> None:
    path = to_module(valid.environment(), tmp_path / "my lab.py")
    printed = stacks("runbook", str(path)).stdout
    assert f"python -m stacks window '{path}' n8n\n" in printed
    assert f"git diff -- '{path}'\n" in printed
    assert "pulumi up --stack 'my lab'\n" in printed
