"""databases.n8n.parameters.wal_log_hints: 'f' with 3 instances is refused, as a former primary could not be rewound; write 'on', or leave it out [replicas-have-wal-log-hints]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(instances=3, parameters={"wal_log_hints": "f"})}
)
