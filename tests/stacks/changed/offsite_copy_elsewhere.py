"""ObjectStore n8n-prod/n8n-postgres-offsite: spec.configuration.endpointURL: https://s3.example.org becomes https://s3.site-b.example.org, to which the whole archive is copied again; keep the old copy until the new one is complete, and for as long as what is only there is needed [other-place-gets-every-copy]"""

from tests.valid import environment, offsite

BEFORE = environment(offsite=offsite())
AFTER = environment(offsite=offsite(endpoint="https://s3.site-b.example.org"))
