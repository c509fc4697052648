"""databases.n8n.placement.topology_key: 'host name' is not a label key; write one that every node has, like 'kubernetes.io/hostname' [topology-is-label-key]"""

from components.postgres.placement import PlacementSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(placement=PlacementSpec(topology_key="host name"))}
)
