"""databases.n8n.backup.encryption: nothing in this environment encrypts this archive at rest; only encrypted disks under the object store do [encryption-at-rest-is-known]"""

from tests.valid import environment

ENVIRONMENT = environment()
