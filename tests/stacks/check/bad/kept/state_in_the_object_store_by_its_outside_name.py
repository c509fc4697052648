"""kept.pulumi_state.place: 's3://state?endpoint=S3.home.example.org' is this cluster's own object store and is lost with it; keep it elsewhere [kept-outlives-cluster]"""

from tests.valid import certificate, environment, kept, kept_at, object_store

ENVIRONMENT = environment(
    object_store=object_store(certificate=certificate(hosts=["s3.home.example.org"])),
    kept=kept(pulumi_state=kept_at(place="s3://state?endpoint=S3.home.example.org")),
)
