"""Cluster n8n-prod/n8n-postgres: spec.inheritedMetadata.labels.team: 'team' stays on pods, volumes and Secrets that exist; remove it from them by hand [inherited-metadata-stays]"""

from tests.valid import database, environment, inherited

BEFORE = environment(
    databases={"n8n": database(inherited_metadata=inherited(labels={"team": "shop"}))}
)
AFTER = environment(
    databases={"n8n": database(inherited_metadata=inherited(annotations={"pager": "day"}))}
)
