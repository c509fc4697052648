"""databases.n8n.synchronous: a failover loses what no replica has received yet; synchronous replication loses nothing, at the cost of a round trip for each commit [failover-loses-nothing]"""

from tests.valid import environment

ENVIRONMENT = environment()
