"""bootstrap.nodes.cp-1.role: is missing; write it: Its role, as in its machine configuration"""

from tests.valid import LEFT_OUT, environment, node, talos

ENVIRONMENT = environment(bootstrap=talos(nodes={"cp-1": node(role=LEFT_OUT)}))
