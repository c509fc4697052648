"""adopted: 'Namespace n8n-prod' is listed twice; write it once [adopted-objects-are-declared]"""

from tests.valid import environment

ENVIRONMENT = environment(adopted=["Namespace n8n-prod", "Namespace n8n-prod"])
