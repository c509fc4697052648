"""databases.n8n.drills.may_shrink.public.sessions: '' is not a reason; write in some words why [reason-is-given]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={"n8n": database(drills=drills(may_shrink={"public.sessions": ""}))}
)
