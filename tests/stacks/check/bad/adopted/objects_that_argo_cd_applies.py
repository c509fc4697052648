"""adopted: Argo CD takes over what exists by itself; leave it out [adopted-objects-are-declared]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(adopted=["Namespace n8n-prod"], gitops=gitops())
