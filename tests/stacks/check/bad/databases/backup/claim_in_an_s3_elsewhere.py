"""databases.n8n.backup.bucket: nothing makes 'n8n-backups' in an S3 elsewhere; make it there, and declare an ExistingBucketSpec with the Secret of its keys [claim-is-answered-by-rook]"""

from tests.valid import claim, elsewhere

ENVIRONMENT = elsewhere({"databases.n8n.backup.bucket": claim()})
