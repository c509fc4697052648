"""Cluster n8n-prod/n8n-postgres: spec.replica: it follows another site, which may still accept writes; write its promotion_token in site, and in promoted the number of a generation that was restored, or in lost why that site is gone [promotion-has-a-ground]"""

from tests.valid import database, environment, site

BEFORE = environment(databases={"n8n": database(site=site())})
AFTER = environment(databases={"n8n": database()})
