"""offsite.rpo: with cluster and store together 65 min may be lost, of which '1h' are the copy's, though databases.n8n declares '5m'; a shorter one costs only requests [offsite-rpo-within-database-rpo]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo="1h"))
