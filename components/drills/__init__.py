"""The drills of an environment: scheduled restores into one namespace, which prove its archives."""

from components.drills.drilled import Drilled, drilled
from components.drills.jobs import DatabaseDrills
from components.drills.namespace import DrillNamespace
from components.drills.watch import DatabaseWatch, watched

__all__ = ["DatabaseDrills", "DatabaseWatch", "DrillNamespace", "Drilled", "drilled", "watched"]
"""Drills: restores into a throw-away cluster that prove an archive, and the alerts on them."""

from components.drills.dashboard import DrillDashboard
from components.drills.monitoring import DrillAlerts
from components.drills.promises import Promises, promises

__all__ = ["DrillAlerts", "DrillDashboard", "Promises", "promises"]
