"""The drills of an environment: scheduled restores into one namespace, which prove its archives."""

from components.drills.dashboard import DrillDashboard
from components.drills.drilled import Drilled, drilled
from components.drills.jobs import DatabaseDrills
from components.drills.monitoring import DrillAlerts
from components.drills.namespace import DrillNamespace
from components.drills.promises import Promises, promises
from components.drills.watch import DatabaseWatch, watched

__all__ = [
    "DatabaseDrills",
    "DatabaseWatch",
    "DrillAlerts",
    "DrillDashboard",
    "DrillNamespace",
    "Drilled",
    "Promises",
    "drilled",
    "promises",
    "watched",
]
