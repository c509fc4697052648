"""databases.n8n.parameters.wal_log_hints: 'off' with 2 instances is refused, as a former primary could not be rewound; write 'on', or leave it out [replicas-have-wal-log-hints]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_log_hints": "off"})})
