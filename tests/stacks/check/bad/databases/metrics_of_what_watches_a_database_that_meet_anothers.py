"""databases.n8n-watch: the PodMonitor resource 'n8n-watch-metrics' is also that of databases.n8n; choose another name [object-names-are-unique]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    monitored=True,
    databases={"n8n": database(drills=drills()), "n8n-watch": database("two")},
)
