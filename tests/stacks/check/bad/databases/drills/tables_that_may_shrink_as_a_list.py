"""databases.n8n.drills.may_shrink: ['public.sessions'] is a list; write a dict {name: ...}"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={"n8n": database(drills=drills(may_shrink=["public.sessions"]))}
)
