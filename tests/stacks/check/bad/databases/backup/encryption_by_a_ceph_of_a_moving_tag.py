"""databases.n8n.backup.encryption: 'AES256' needs Ceph 17.2.3 or newer, and 'quay.io/ceph/ceph:v16' is older: it refuses the upload or stores plaintext; upgrade Ceph, or leave encryption out [ceph-encrypts-objects]"""

from tests.valid import backup, claim, database, environment, existing_ceph, kms, object_store

ENVIRONMENT = environment(
    storage=existing_ceph(image="quay.io/ceph/ceph:v16"),
    object_store=object_store(kms=kms()),
    databases={"n8n": database(backup=backup(bucket=claim("n8n"), encryption="AES256"))},
)
