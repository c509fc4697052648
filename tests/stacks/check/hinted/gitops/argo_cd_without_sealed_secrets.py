"""gitops.sealing_certificate: Secrets must exist that are not in Git; with the controller's certificate `python -m stacks seal` puts them there [secrets-are-sealed-in-git]"""

from tests.valid import environment, gitops, offsite

ENVIRONMENT = environment(gitops=gitops(), offsite=offsite())
