"""databases.two.storage: '10' is not a size; write a whole number and Mi, Gi or Ti, like '10Gi' [size-has-binary-unit]"""

from tests.valid import database, environment, waiver

ENVIRONMENT = environment(
    databases={"n8n": database(), "two": database("two", instances=1, storage="10")},
    waivers=[waiver(rule="database-has-replica", place="databases.two.instances")],
)
