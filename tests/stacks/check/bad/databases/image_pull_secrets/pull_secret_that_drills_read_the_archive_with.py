"""databases.n8n.image_pull_secrets: the Secret 'n8n-archive-reader' in namespace 'tier0-drills' is that of the drills of databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import elsewhere

ENVIRONMENT = elsewhere({"databases.n8n.image_pull_secrets": ["n8n-archive-reader"]})
