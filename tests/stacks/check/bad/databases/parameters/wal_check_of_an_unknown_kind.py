"""databases.n8n.parameters.wal_consistency_checking: 'heap, xlog' has the unknown word 'xlog'; write all, heap2, heap, btree, hash, gin, gist, sequence, spgist, brin, generic [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"wal_consistency_checking": "heap, xlog"})}
)
