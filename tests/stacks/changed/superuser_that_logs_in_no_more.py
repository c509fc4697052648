"""Cluster n8n-prod/n8n-postgres: spec.enableSuperuserAccess: the superuser's password is taken away, and who logs in with it is refused; have them use another role first [superuser-loses-its-password]"""

from tests.valid import database, environment, waiver

BEFORE = environment(
    waivers=[
        waiver(
            rule="superuser-stays-inside",
            place="databases.n8n.superuser_access",
            because="the old tool makes its own roles",
        )
    ],
    databases={"n8n": database(superuser_access=True)},
)
AFTER = environment(databases={"n8n": database()})
