"""databases.n8n.backup.tags: Cloudflare R2 has no tags of objects and refuses every upload with one; leave them out [store-has-what-is-asked]"""

from tests.valid import elsewhere, s3

ENVIRONMENT = elsewhere(
    {
        "object_store": s3(endpoint="https://0a1b.r2.cloudflarestorage.com", region="auto"),
        "databases.n8n.backup.tags": {"team": "shop"},
    }
)
