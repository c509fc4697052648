"""Cluster n8n-prod/n8n-postgres-g2: spec.bootstrap: it was restored from source 'n8n-postgres', snapshot 'a', wal snapshot 'a-wal', store 'n8n-postgres', which cannot become source 'n8n-postgres', snapshot 'a', wal snapshot 'b-wal', store 'n8n-postgres'; undo the change of its entry, or add another one [origin-stays]"""

from tests.valid import database, environment, restore


def _restored(wal: str) -> object:
    return database(generations=[restore(snapshot="a", wal_snapshot=wal)], wal_storage="2Gi")


BEFORE = environment(databases={"n8n": _restored("a-wal")})
AFTER = environment(databases={"n8n": _restored("b-wal")})
