"""Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 16 becomes 17: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g3'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]
ConfigMap n8n-prod/n8n-postgres-recovery: retired: generation 3 would run without being active, and its Cluster is 'stopped' so far; write 3 in retired, or in active [stopped-generation-is-retired]
ConfigMap n8n-prod/n8n-postgres-recovery: generations.1: generation 1 does not run, and is not upgraded; take the upgrade out, and add it in a change in which generation 1 runs before and after [generation-that-runs-is-upgraded]"""

from tests.valid import database, environment, restore, upgrade

OLD = "ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie"

BEFORE = environment(
    databases={"n8n": database(generations=[restore(image=OLD)], active=2, image=OLD)}
)
AFTER = environment(
    databases={"n8n": database(generations=[restore(image=OLD), upgrade(source=1)], active=2)}
)
