"""Cluster shop/shop: no restore has proved anything yet; run `python -m stacks drill` [drill-is-recent]"""

from pathlib import Path

from tests.stacks.policies.programs import sound

OBJECTS = sound()
SETTINGS = {"evidence": str(Path(__file__).parent), "environment": "homelab", "days": 7}
