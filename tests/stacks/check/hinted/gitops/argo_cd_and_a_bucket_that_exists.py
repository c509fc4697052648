"""gitops.sealing_certificate: Secrets must exist that are not in Git; with the controller's certificate `python -m stacks seal` puts them there [secrets-are-sealed-in-git]"""

from tests.valid import backup, database, environment, existing_bucket, gitops

ENVIRONMENT = environment(
    gitops=gitops(), databases={"n8n": database(backup=backup(bucket=existing_bucket()))}
)
