"""Release cert-manager/cert-manager: version: 'v1.21.2' becomes the older 'v1.21.1', which its developers do not test after the newer one; do it only if that one is broken [older-operator-is-untested]"""

from dataclasses import replace

from stacks.render.owners import owned
from tests.valid import environment, operators

BEFORE = environment(operators=operators())
_NOW = owned(BEFORE).all
# What an older checkout declares: no environment chooses the version of cert-manager.
AFTER = replace(
    _NOW,
    resources=[
        replace(it, inputs={**it.inputs, "version": "v1.21.1"})
        if it.release and it.release["chart"] == "cert-manager"
        else it
        for it in _NOW.resources
    ],
)
