"""Cluster n8n-prod/n8n-postgres-g2: spec.bootstrap: it was restored from source 'n8n-postgres', snapshot 'monday', store 'n8n-postgres', which cannot become source 'n8n-postgres', snapshot 'tuesday', store 'n8n-postgres'; undo the change of its entry, or add another one [origin-stays]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore(snapshot="monday")])})
AFTER = environment(databases={"n8n": database(generations=[restore(snapshot="tuesday")])})
