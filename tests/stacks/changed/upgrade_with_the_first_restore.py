"""Cluster n8n-prod/n8n-postgres: spec.imageName: it is upgraded, and another generation is restored in the same change; upgrade it first, and restore in the change after [restore-and-upgrade-are-two-changes]
Cluster n8n-prod/n8n-postgres: spec.imageName: PostgreSQL 16 becomes 17: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g2'; have a fresh base backup in 'n8n-postgres' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import database, environment, restore, upgrade

OLD = "ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie"

BEFORE = environment(databases={"n8n": database(image=OLD)})
AFTER = environment(databases={"n8n": database(generations=[upgrade(), restore(source=2)])})
