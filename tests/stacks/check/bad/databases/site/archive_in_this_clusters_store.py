"""databases.n8n.site.archive.endpoint: 'https://rook-ceph-rgw-s3.rook-ceph.svc' is a service of this cluster and is lost with it; write the address of a store elsewhere [followed-archive-is-outside-cluster]"""

from tests.valid import environment, following, site, site_archive

ENVIRONMENT = environment(
    databases={
        "n8n": following(
            site=site(archive=site_archive(endpoint="https://rook-ceph-rgw-s3.rook-ceph.svc"))
        )
    }
)
