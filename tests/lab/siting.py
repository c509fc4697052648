"""A database of two sites in one lab: each has its namespace, its archive and its copy outside.

The copies are in the store outside of the node, which is all that the sites share. One environment
declares both, as the lab is one cluster; `check` judges each as if the other were elsewhere.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.conftest import COPIES, MODULE
from tools.lab.access import Cluster
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Change, Environment
from tools.lab.offsite.keys import given
from tools.lab.offsite.store import COPIER, ENDPOINT, Offsite

SITES = ("north", "south")

_DATABASE = """\
        "{site}": PostgresSpec(
            namespace="{site}-prod",
            cluster="{site}-postgres",
            database="shop",
            owner="shop",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances={instances},
            storage="1Gi",
            resources=ResourcesSpec(cpu="20m", memory="512Mi"),
            parameters={{"max_wal_size": "256MB"}},
            objectives=ObjectivesSpec(rpo="90s", rto="15m"),
            backup=BackupSpec(
                bucket=BucketClaimSpec(bucket="{bucket}", claim="{site}-backups"),
                schedule="0 2 * * *",
                retention="30d",
            ),
            site=SiteSpec(
                server_name="{followed}",
                archive=SiteArchiveSpec(
                    endpoint="{endpoint}",
                    bucket="{copies}",
                    folder="{other_bucket}",
                    secret="{keys}",
                    ca_secret="{keys}",
                ),
                rpo="210s",
                {part}
            ),
            {generations}
        ),
"""

_FOLLOWS = """\
generations=[FollowSpec(server_name="{server_name}", reason="{reason}")],
            active=2,
            removed=[1],"""


@dataclass
class Part:
    """What one of the two files says."""

    role: str
    """Its role, with the grounds of a promotion: fields of SiteSpec."""

    followed: str
    """The server name of the other site."""

    origin: str = ""
    """The server name that it was restored from; empty for a database that began here."""


@dataclass
class Sites:
    """The two sites, as far as they are declared, and the file that declares them."""

    lab: Cluster
    store: Offsite
    file: Path
    parts: dict[str, Part] = field(default_factory=dict)
    run: int = field(default_factory=lambda: int(time.time()))

    def declare(self, **parts: Part) -> None:
        """Declare these sites, the others as before."""
        self.parts |= parts
        before, begin, _ = MODULE.read_text().partition("    databases={\n")
        imports = "from components.postgres import FollowSpec, SiteArchiveSpec, SiteSpec\n"
        head, postgres, rest = before.partition("from components.postgres import ")
        blocks = "".join(self._block(site, part) for site, part in self.parts.items())
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(f"{head}{imports}{postgres}{rest}{begin}{blocks}    }},\n)\n")

    def _block(self, site: str, part: Part) -> str:
        (other,) = {*SITES} - {site}
        follows = _FOLLOWS.format(server_name=part.origin, reason="it follows the other site")
        return _DATABASE.format(
            site=site,
            instances=1,
            # Other buckets in each run: the copies of the last one are locked.
            bucket=f"{site}-{self.run}",
            other_bucket=f"{other}-{self.run}",
            followed=part.followed,
            endpoint=ENDPOINT,
            copies=COPIES,
            keys=COPIER,
            part=part.role,
            generations=follows if part.origin else "",
        )

    @property
    def environment(self) -> Environment:
        """The environment as its file declares it now."""
        return Environment(self.lab, self.file)

    def up(self) -> Change:
        """Run `pulumi up`, and give the keys of the copies to each site."""
        secrets = [self.store.copier_secret(f"{site}-prod") for site in self.parts]
        with given(self.lab, secrets):
            return self.environment.up()

    def database(self, site: str) -> Deployed:
        """Return the active generation of a site."""
        return self.environment.database(site)
