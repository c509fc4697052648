"""databases.n8n.drills.node_selector.spare disks: 'spare disks' is not a label's key; write letters, digits, '-', '_' and '.', first and last a letter or digit [label-key-is-qualified]"""

from tests.valid import database, drills, environment

ENVIRONMENT = environment(
    databases={"n8n": database(drills=drills(node_selector={"spare disks": "yes"}))}
)
