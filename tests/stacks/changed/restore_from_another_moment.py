"""Cluster n8n-prod/n8n-postgres-g2: spec.bootstrap: it was restored from source 'n8n-postgres', store 'n8n-postgres', targetTime '2026-11-29T10:00:00.000000+00:00', which cannot become source 'n8n-postgres', store 'n8n-postgres', targetTime '2026-11-29T11:00:00.000000+00:00'; undo the change of its entry, or add another one [origin-stays]"""

from tests.valid import database, environment, restore

BEFORE = environment(
    databases={"n8n": database(generations=[restore(time="2026-11-29T10:00:00Z")])}
)
AFTER = environment(databases={"n8n": database(generations=[restore(time="2026-11-29T11:00:00Z")])})
