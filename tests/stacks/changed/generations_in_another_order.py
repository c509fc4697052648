"""Cluster n8n-prod/n8n-postgres-g3: spec.bootstrap: it was restored from source 'n8n-postgres', store 'n8n-postgres', backupID '20261129T020000', targetImmediate 'True', which cannot become source 'n8n-postgres', store 'n8n-postgres'; undo the change of its entry, or add another one [origin-stays]
ConfigMap n8n-prod/n8n-postgres-recovery: generations.0: generation 2 came from {"source": 1, "store": "archive"}, which cannot become {"backup": "20261129T020000", "source": 1, "store": "archive"}; undo the change of its entry, or add another one [generations-keep-their-numbers]"""

from tests.valid import database, environment, restore

BEFORE = environment(
    databases={
        "n8n": database(
            generations=[restore(), restore(store="archive", backup="20261129T020000")],
            active=3,
            removed=[1, 2],
        )
    }
)
AFTER = environment(
    databases={
        "n8n": database(
            generations=[restore(backup="20261129T020000"), restore()], active=3, removed=[1, 2]
        )
    }
)
