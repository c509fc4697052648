"""offsite.secret: the Secret 'tier0-ca' in namespace 'n8n-prod' is the private CA's; choose another name [secret-has-one-writer]
offsite.secret: the Secret 'tier0-ca' in namespace 'tier0-drills' is the private CA's; choose another name [secret-has-one-writer]"""

from tests.valid import environment, offsite

ENVIRONMENT = environment(offsite=offsite(secret="tier0-ca"))
