"""databases.n8n.load_balancers.2nd: '2nd' begins with a digit, which a Service must not; begin with a letter [service-name-is-dns-label]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(databases={"n8n": database(load_balancers={"2nd": load_balancer()})})
