"""databases.n8n.generations.0.snapshot: 'Monday's' is not a VolumeSnapshot's name; write it as `kubectl get volumesnapshots` shows it [snapshot-name-is-dns-subdomain]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(databases={"n8n": database(generations=[restore(snapshot="Monday's")])})
