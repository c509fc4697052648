"""One environment: a Kubernetes cluster and what runs on it."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from components.certificates import CertificatesSpec
from components.object_store import ObjectStoreSpec
from components.offsite import OffsiteSpec
from components.postgres import PostgresSpec
from components.spec import Name, Spec, fault
from stacks.rules import RULES


class EnvironmentSpec(Spec):
    """Everything that runs in one Kubernetes cluster, and how much of it may be lost."""

    context: str = Field(min_length=1)
    """The kubeconfig context of its cluster."""

    disposable: bool = False
    """Its data may be deleted. Otherwise whatever holds data is protected and retained."""

    certificates: CertificatesSpec = CertificatesSpec()
    """The private certificate authority."""

    object_store: ObjectStoreSpec
    """Where archives are stored."""

    offsite: OffsiteSpec | None = None
    """Where archives are copied to, outside of the cluster's failure domain; none means nowhere:
    what destroys the cluster's disks destroys the archives too."""

    databases: Mapping[Name, PostgresSpec]
    """The databases, by the name their role has in the environment."""

    @model_validator(mode="after")
    def _rules(self) -> Self:
        errors = [
            InitErrorDetails(type=fault(rule.id, found.message), loc=found.place, input=None)
            for rule in RULES
            for found in rule.check(self)
        ]
        if errors:
            raise ValidationError.from_exception_data(type(self).__name__, errors)
        return self
