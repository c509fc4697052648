"""The off-site copy of archives."""

from components.offsite.copy import OffsiteCopy
from components.offsite.source import Source
from components.offsite.spec import OffsiteSpec

__all__ = ["OffsiteCopy", "OffsiteSpec", "Source"]
