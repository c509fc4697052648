"""databases.n8n.drills.may_shrink.sessions: 'sessions' is not a table with its schema; write one like 'public.sessions' [table-has-its-schema]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={"n8n": database(drills=drills(may_shrink={"sessions": "they expire daily"}))}
)
