"""The language of specs: their base class, their rules and their words."""

from components.spec.base import Spec, drafting, meanings

__all__ = ["Spec", "drafting", "meanings"]
