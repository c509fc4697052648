"""databases.n8n.drills.may_shrink.public."Sessions": 'public."Sessions"' is not a table with its schema; write one like 'public.sessions' [table-has-its-schema]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(drills=drills(may_shrink={'public."Sessions"': "they expire daily"}))
    }
)
