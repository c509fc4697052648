"""Cluster n8n-prod/n8n-postgres-g2: spec.imageName: PostgreSQL 17 becomes 18 in a replica; upgrade the other site, then add FollowSpec to generations, and make that one active [replica-is-not-upgraded]
Cluster n8n-prod/n8n-postgres-g2: spec.imageName: PostgreSQL 17 becomes 18: all instances stop meanwhile, and the recovery window begins with the first base backup in 'n8n-postgres-g3'; have a fresh base backup in 'n8n-postgres-g2' before, see that the new one completes, then run ANALYZE (docs/runbooks/major-upgrade.md) [major-upgrade-begins-a-window]"""

from tests.valid import environment, follow, following, upgrade

BEFORE = environment(databases={"n8n": following()})
AFTER = environment(
    databases={
        "n8n": following(
            image="ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie",
            generations=[follow(), upgrade(from_major=17)],
            active=3,
        )
    }
)
