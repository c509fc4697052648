"""The drills of an environment: scheduled restores into one namespace, which prove its archives."""

from components.drills.drilled import Drilled, drilled
from components.drills.jobs import DatabaseDrills
from components.drills.namespace import DrillNamespace

__all__ = ["DatabaseDrills", "DrillNamespace", "Drilled", "drilled"]
