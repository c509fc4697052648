"""offsite.endpoint: a store that cuts a client which stalls for a minute may never give databases.n8n with '50Gi' back; let it, and each proxy before it, wait an hour (docs/offsite.md) [offsite-store-waits-for-restore]"""

from tests.valid import database, environment, offsite

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={"n8n": database(storage="50Gi")},
)
