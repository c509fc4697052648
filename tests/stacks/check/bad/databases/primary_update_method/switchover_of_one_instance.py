"""databases.n8n.primary_update_method: 'switchover' with 1 instance has no replica to switch to; write 2 instances, or leave it out [switchover-has-replica]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    disposable=True, databases={"n8n": database(instances=1, primary_update_method="switchover")}
)
