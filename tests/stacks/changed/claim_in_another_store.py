"""ObjectBucketClaim n8n-prod/n8n-backups: spec.storageClassName: 's3-bucket' cannot become 'archives-bucket', as a claim stays in its store; write 's3-bucket', or another claim for 'archives-bucket' [claim-keeps-its-bucket]
ObjectStore n8n-prod/n8n-postgres: spec.configuration.endpointURL: https://rook-ceph-rgw-s3.rook-ceph.svc:443 becomes https://rook-ceph-rgw-archives.rook-ceph.svc:443, so the recovery window begins with the first base backup there; make one right after, and keep the old archive for as long as its window is needed [other-bucket-begins-a-window]
Certificate rook-ceph/s3-tls: spec.dnsNames: clients that reach the server as rook-ceph-rgw-s3.rook-ceph.svc refuse its next certificate; have them use rook-ceph-rgw-archives.rook-ceph.svc first [clients-know-the-certificates-names]
Certificate rook-ceph/s3-tls: spec.dnsNames: clients that reach the server as rook-ceph-rgw-s3.rook-ceph.svc.cluster.local refuse its next certificate; have them use rook-ceph-rgw-archives.rook-ceph.svc first [clients-know-the-certificates-names]"""

from tests.valid import environment, object_store

BEFORE = environment(disposable=True)
AFTER = environment(disposable=True, object_store=object_store(name="archives"))
