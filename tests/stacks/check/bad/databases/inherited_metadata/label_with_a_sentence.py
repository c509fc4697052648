"""databases.n8n.inherited_metadata.labels.team: 'shop and carts' is not a label's value; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-value-is-short]"""

from tests.valid import database, environment, inherited

ENVIRONMENT = environment(
    databases={"n8n": database(inherited_metadata=inherited(labels={"team": "shop and carts"}))}
)
