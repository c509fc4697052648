"""databases.n8n.generations.0.snapshot: 'monday' is in the cluster, and gone with it; leave snapshot out, or store to read WAL from the archive [snapshot-replaces-base-backup]"""

from tests.valid import database, environment, offsite, restore

ENVIRONMENT = environment(
    offsite=offsite(),
    databases={"n8n": database(generations=[restore(snapshot="monday", store="offsite")])},
)
