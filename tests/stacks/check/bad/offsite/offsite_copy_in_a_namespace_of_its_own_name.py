"""offsite.endpoint: 'https://minio.minio:9000' has a host name like a Service's, <name>.<namespace>, which a pod looks for in this cluster first; write the whole name of a store elsewhere [offsite-is-outside-cluster]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(endpoint="https://minio.minio:9000", ca_secret="ca"))
