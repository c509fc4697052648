"""What cannot be changed is refused by `pulumi up` itself, before anything is touched."""

import re
from pathlib import Path

import pytest

from tests import valid
from tests.engine.test_environment import ADOPT, refused, stored
from tests.support import to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox


@pytest.mark.parametrize("command", ["preview", "up"])
@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("storage", "5Gi", "'10Gi' cannot become '5Gi', as a volume does not shrink"),
        (
            "image",
            "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            "PostgreSQL 17 becomes 18, another database system, in the archive 'n8n-postgres'",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_by_preview_and_up(
    command: str, place: str, value: str, sentence: str, homelab: Engine, sandbox: Sandbox,
    program: Path,
) -> None:  # fmt: skip
    before = stored(sandbox)
    edited = valid.homelab({f"databases.n8n.{place}": value})
    to_module(edited, program / "stacks" / "homelab.py")
    said = refused(homelab.run(command, *["--yes"] * (command == "up"), check=False))
    assert sentence in re.sub(r"\s+", " ", said), said
    assert stored(sandbox) == before


def test_an_upgrade_of_rook_skips_no_release(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    def write(version: str) -> None:
        operators = valid.operators(install=["rook"], rook=version)
        to_module(valid.homelab({"operators": operators}), program / "stacks" / "homelab.py")

    write("v1.17.9")
    homelab.run("up", "--yes", "--skip-preview", env=ADOPT)  # Rook's namespace is there
    before = stored(sandbox)
    write("v1.19.10")
    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        said = refused(homelab.run(*command, check=False))
        assert "rook-ceph: version: 'v1.17.9' is upgraded by one minor" in re.sub(r"\s+", " ", said)
        assert stored(sandbox) == before
    write("v1.18.11")
    homelab.run("up", "--yes", "--skip-preview")
    write("v1.17.9")
    said = refused(homelab.run("up", "--yes", "--skip-preview", check=False))
    assert "'v1.18.11' cannot become 'v1.17.9'" in re.sub(r"\s+", " ", said), said


def test_a_major_upgrade_with_its_own_archive_goes_through_and_says_what_follows(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    before = stored(sandbox)
    upgraded = {
        "databases.n8n.image": "ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
        "databases.n8n.generations": [valid.upgrade(from_major=17)],
    }
    to_module(valid.homelab(upgraded), program / "stacks" / "homelab.py")
    said = homelab.run("up", "--yes", "--skip-preview").stdout
    assert "the recovery window begins with the first base backup in 'n8n-postgres-g2'" in said
    after = stored(sandbox)
    schedule = "/registry/postgresql.cnpg.io/scheduledbackups/n8n-prod/n8n-postgres"
    assert before.keys() - after.keys() == {f"{schedule}-backup"}
    assert after.keys() - before.keys() == {f"{schedule}-g2-backup"}


def test_destroy_without_a_preview_deletes_nothing_of_a_kept_environment(
    homelab: Engine, sandbox: Sandbox
) -> None:
    before = stored(sandbox)
    refused(homelab.run("destroy", "--yes", "--skip-preview", check=False))
    assert stored(sandbox) == before
