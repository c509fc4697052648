"""databases.n8n.backup.encryption: nothing here says that this archive is encrypted at rest; only encrypted disks under the object store do [encryption-at-rest-is-known]"""

from tests.valid import environment

ENVIRONMENT = environment()
