"""What a recovery cannot do at a site that follows another one."""

from components.postgres import PostgresSpec
from stacks.command import Fault

_PAGE = "docs/second-site.md"


def must_lead(spec: PostgresSpec, database: str) -> None:
    """Raise Fault if *database* is a replica.

    It accepts no writes, and CloudNativePG ignores the target of a generation that follows
    (restore.go, concludeRestore, v1.30.0).
    """
    if spec.is_replica:
        fix = "restore there; to follow it again add FollowSpec to generations"
        raise Fault(f"databases.{database}", "it follows the other site", f"{fix} ({_PAGE})")
