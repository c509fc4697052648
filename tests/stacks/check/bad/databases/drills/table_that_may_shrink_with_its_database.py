"""databases.n8n.drills.may_shrink.n8n.public.sessions: 'n8n.public.sessions' is not a table with its schema; write one like 'public.sessions' [table-has-its-schema]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(drills=drills(may_shrink={"n8n.public.sessions": "they expire daily"}))
    }
)
