"""Cluster n8n-prod/n8n-postgres: spec.replica: it follows another site, which may still accept writes; write its promotion_token in site, or in lost why that site is gone [promotion-has-a-ground]"""

from tests.valid import database, environment, site

BEFORE = environment(databases={"n8n": database(site=site())})
AFTER = environment(databases={"n8n": database()})
