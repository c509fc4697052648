"""What the rules of an environment cost grows with its databases, not with their square."""

import time

from components.spec import drafting
from stacks.check.rules.hints import hints
from stacks.check.rules.waivers import waived
from stacks.environment import EnvironmentSpec
from stacks.waivers import broken
from tests import valid

FEW, MANY = 100, 1000
RATIO = 40
"""Ten is linear and a hundred square; the rest is for a machine that does other things too."""


def _environment(count: int) -> EnvironmentSpec:
    """Return an environment that every rule has something to look at in."""
    waived = [f"db-{number}" for number in range(0, count, 10)]
    with drafting():
        draft = valid.environment(
            bootstrap=valid.talos(),
            operators=valid.operators(),
            storage=valid.storage(disks=valid.named_nodes()),
            object_store=valid.object_store(kms=valid.kms()),
            offsite=valid.offsite(),
            gitops=valid.gitops(),
            databases={
                f"db-{number}": valid.database(
                    f"db-{number}",
                    namespace=f"databases-{number // 10}",
                    instances=1 if number % 10 == 0 else 2,
                    backup=valid.backup(
                        bucket=valid.claim(f"db-{number}", quota="1Ti")
                        if number % 2
                        else valid.existing_bucket(),
                        schedule=f"{number % 60} 2 * * *",
                        encryption="AES256",
                    ),
                )
                for number in range(count)
            },
            waivers=[
                valid.waiver(rule="database-has-replica", place=f"databases.{name}.instances")
                for name in waived
            ],
        )
    return EnvironmentSpec.model_validate(draft)


def _seconds(environment: EnvironmentSpec) -> float:
    """Return the least processor time that all rules took of three times."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        found = [*broken(environment), *hints(environment), *waived(environment)]
        taken.append(time.process_time() - started)
        assert found
    return min(taken)


def test_ten_times_the_databases_take_ten_times_as_long() -> None:
    few, many = (_seconds(_environment(count)) for count in (FEW, MANY))
    assert many < RATIO * few
