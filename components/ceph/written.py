"""What Rook leaves of an object when it writes it back, as it does once to add its finalizer.

Its Go types drop what is false (`omitempty`) and write quantities in their shortest form. An object
that says either otherwise differs from its declaration at once, and the second `pulumi up` would
change it (measured with the real provider).
"""

from collections.abc import Mapping
from typing import Any

_UNITS = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def without_false(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return *spec* without what is false, and without mappings that then are empty."""
    found = {
        key: without_false(value) if isinstance(value, Mapping) else value
        for key, value in spec.items()
    }
    return {key: value for key, value in found.items() if value is not False and value != {}}


def shortest(quantity: str) -> str:
    """Return an amount of memory or CPU in its shortest form: '2048Mi' is '2Gi', '2000m' is '2'."""
    if quantity.endswith("m"):
        thousandths = int(quantity[:-1])
        return quantity if thousandths % 1000 else str(thousandths // 1000)
    if quantity.isdigit():
        return quantity
    number, unit = int(quantity[:-2]), _UNITS.index(quantity[-2:])
    while number % 1024 == 0 and unit < len(_UNITS) - 1:
        number, unit = number // 1024, unit + 1
    return f"{number}{_UNITS[unit]}"
