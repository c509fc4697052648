"""bootstrap.nodes: [TalosNodeSpec(address='10.0.0.21', role='worker')] is a list; write a dict {name: ...}"""

from tests.valid import environment, node, talos

ENVIRONMENT = environment(bootstrap=talos(nodes=[node()]))
