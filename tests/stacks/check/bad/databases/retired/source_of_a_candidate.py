"""databases.n8n.retired.0: generation 3 is restored from generation 1 and is not active yet; make 3 active first, or retire it too [source-of-a-candidate-stays]"""

from tests.valid import database, environment, restore

ENVIRONMENT = environment(
    databases={"n8n": database(generations=[restore(), restore(source=1)], active=2, retired=[1])}
)
