"""A PostgreSQL cluster with its archive. Importing this package registers the rules of its spec."""

from components.postgres import judging
from components.postgres.archive import BackupSpec
from components.postgres.drills import DrillsSpec
from components.postgres.extensions import ExtensionImageSpec
from components.postgres.generations import FollowSpec, RestoreSpec, UpgradeSpec
from components.postgres.imports import ImportSpec
from components.postgres.metadata import InheritedMetadataSpec
from components.postgres.network import NetworkSpec
from components.postgres.objectives import ObjectivesSpec
from components.postgres.placement import PlacementSpec
from components.postgres.pooler import PoolerSpec
from components.postgres.replication import SynchronousSpec
from components.postgres.resources import ResourcesSpec
from components.postgres.roles import ApplicationSpec, DatabaseSpec, RoleSpec
from components.postgres.site import SiteArchiveSpec, SiteSpec
from components.postgres.snapshots import SnapshotsSpec
from components.postgres.spec import PostgresSpec
from components.postgres.timers import TimersSpec

__all__ = [
    "ApplicationSpec", "BackupSpec", "DatabaseSpec", "DrillsSpec", "ExtensionImageSpec",
    "FollowSpec", "ImportSpec", "InheritedMetadataSpec", "NetworkSpec", "ObjectivesSpec",
    "PlacementSpec", "PoolerSpec", "PostgresSpec", "ResourcesSpec", "RestoreSpec", "RoleSpec",
    "SiteArchiveSpec", "SiteSpec", "SnapshotsSpec", "SynchronousSpec", "TimersSpec", "UpgradeSpec",
    "judging",
]  # fmt: skip
