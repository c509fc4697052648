"""databases.n8n.cluster: is missing; write it: Name of the CloudNativePG Cluster, and of its folder in the archive (the server name) unless `backup` names another"""

from tests.valid import LEFT_OUT, database, environment

ENVIRONMENT = environment(databases={"n8n": database(cluster=LEFT_OUT)})
