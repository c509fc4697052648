"""What `plan` says of an environment."""

from datetime import UTC, datetime

from stacks.plan.plan import plan
from tests import valid
from tests.support import declared


def test_the_plan_says_where_the_copy_is_and_what_is_lost_in_addition() -> None:
    copied = valid.homelab({"offsite": valid.offsite()})
    (database,) = plan("homelab", copied, declared(copied), datetime.now(UTC)).databases
    assert database.offsite == (
        "s3://copies/n8n-postgres-backups/n8n-postgres/ at https://s3.example.org"
    )
    assert (database.rpo_seconds, database.offsite_rpo_seconds) == (300, 300)
