"""kept.pulumi_state.place: 's3://state?endpoint=rook-ceph-rgw-s3.rook-ceph.svc&s3ForcePathStyle=true' is this cluster's own object store and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(
    kept=kept(
        pulumi_state=kept_at(
            place="s3://state?endpoint=rook-ceph-rgw-s3.rook-ceph.svc&s3ForcePathStyle=true"
        )
    )
)
