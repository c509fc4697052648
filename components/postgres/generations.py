"""The generations of a database: each is one database system, with its own archive.

WAL and base backups belong to a database system, which PostgreSQL knows by its system identifier.
A major upgrade makes another one, which begins again with timeline 1: in the same archive its WAL
has the names of the old one's (CloudNativePG, postgres_upgrades.md, "Backup and WAL Archive
Considerations").
"""

from pydantic import Field

from components.spec import Spec

MOST = 98
"""The most later generations: a cluster's name leaves room for the suffix `-g99`."""


class UpgradeSpec(Spec):
    """A generation that a major upgrade of the previous one made, in the same volumes.

    It stays declared for as long as the database exists, as its archive is named after it.
    """

    from_major: int = Field(ge=13, le=98)
    """The major version that was upgraded."""


def server_name(cluster: str, generation: int) -> str:
    """Return the archive's folder of a generation, of which the first is 1."""
    return cluster if generation == 1 else f"{cluster}-g{generation}"
