"""offsite.rpo: if the cluster and its store are lost, up to 65 min of data is lost, '1h' of it by the copy, although databases.n8n declares '5m'; a shorter one costs only requests [offsite-rpo-within-database-rpo]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(rpo="1h"))
