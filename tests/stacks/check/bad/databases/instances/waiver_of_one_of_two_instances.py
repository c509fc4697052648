"""databases.two.instances: 1 instance stops with its node and at each restart; write at least 2, or declare the environment disposable [database-has-replica]"""

from tests.valid import database, environment, waiver

ENVIRONMENT = environment(
    databases={"n8n": database(instances=1), "two": database("two", instances=1)},
    waivers=[waiver(rule="database-has-replica", place="databases.n8n.instances")],
)
