"""Rules about encryption at rest and trusted certificates."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.ceph.spec import StorageSpec
from components.ceph.versions import version_prefix
from components.spec.rule import Fault, rule
from stacks.check.rules.hosts import in_cluster, without_public_ca
from stacks.environment import EnvironmentSpec

_SSE_S3 = (17, 2, 3)
"""The first version of Ceph with SSE-S3."""


@rule("environment", was="T303")
def encryption_has_kms(environment: EnvironmentSpec) -> Iterator[Fault]:
    """AES256 is requested only if the object store has a KMS, or is said to encrypt.

    Without one Ceph Reef refuses every upload, and Pacific stores plaintext with a 200 (measured).
    Others take keys of the client only (SSE-C) and refuse every upload (plugin #646), or store
    plaintext, too (VersityGW 1.8.0, seen).
    """
    given = environment.existing_store
    if environment.kms or (given and given.encrypts):
        return
    for name, database in environment.databases.items():
        if encryption := database.backup.encryption:
            yield Fault(
                _needs_store(encryption) if given else needs_kms(encryption, "object_store.kms"),
                ("databases", name, "backup", "encryption"),
            )


def _needs_store(encryption: str) -> str:
    return (
        f"'{encryption}' is asked of a store that is not known to have it, which may store "
        "plaintext; write encrypts=True in object_store if it has SSE-S3, or leave encryption out"
    )


def needs_kms(encryption: str, field: str) -> str:
    """Return what is said of *encryption* without the KMS that *field* would declare."""
    return (
        f"'{encryption}' needs a KMS, without which Ceph refuses the upload or stores plaintext; "
        f"declare {field}, or leave encryption out"
    )


@rule("environment", waivable=True)
def ceph_encrypts_objects(environment: EnvironmentSpec) -> Iterator[Fault]:
    """AES256 is requested only of a Ceph that has SSE-S3: 17.2.3 or newer.

    Rook's documentation names that version (ceph-object-store-crd.md, v1.10.13). Pacific answers
    200 and stores plaintext (measured, without a KMS). Without `storage` the image of
    `object_store` is that of the Ceph cluster, if it is given.
    """
    storage, store = environment.storage, environment.rook_store
    if store is None:
        return
    given = storage or (store if "image" in store.model_fields_set else None)
    if given is None:
        return
    version = version_prefix(given.image)
    if not version or version >= _SSE_S3[: len(version)]:
        return
    for name, database in environment.databases.items():
        if database.backup.encryption:
            yield Fault(
                f"'{database.backup.encryption}' needs Ceph 17.2.3 or newer, and '{given.image}' "
                "is older: it refuses the upload or stores plaintext; upgrade Ceph, or leave "
                "encryption out",
                ("databases", name, "backup", "encryption"),
            )


@rule("environment", was="T318", waivable=True)
def archives_are_encrypted_at_rest(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Outside a disposable environment no archive in Ceph is known to be stored in plaintext.

    A KMS alone encrypts nothing: objects are stored as sent unless encryption is requested. On the
    disk of such a store a marker row was found 996 times (measured, docs/claims.md). The disks of
    an existing Ceph cluster are unknown, so it is not judged.
    """
    storage, kms = environment.storage, environment.kms
    if environment.disposable or environment.rook_store is None:
        return
    if isinstance(storage, StorageSpec) and storage.encrypted:
        return
    if isinstance(storage, StorageSpec):
        why = "storage.encrypted is False, so this archive is plaintext on the disks"
        fix = "encrypt the disks, or write 'AES256' with object_store.kms"
    elif kms:
        why = "object_store.kms encrypts only on request, so this archive is stored as sent"
        fix = "write 'AES256'"
    else:
        return
    for name, database in environment.databases.items():
        if database.backup.encryption is None:
            yield Fault(f"{why}; {fix}", ("databases", name, "backup", "encryption"))


@rule("environment", was="T319")
def private_endpoint_has_ca(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If no public CA can sign a host's certificate, its private CA is declared.

    Public CAs sign no internal names and no reserved addresses (CA/Browser Forum, Baseline
    Requirements 4.2.2). Without the CA gateways cannot reach the KMS and each upload fails ("Failed
    to retrieve the actual key", measured), and copies fail with CERTIFICATE_VERIFY_FAILED.
    """
    kms, offsite = environment.kms, environment.offsite
    if kms and kms.ca_secret is None:
        yield from unknown_ca(kms.address, "object_store", "kms", "ca_secret")
    if offsite and offsite.ca_secret is None and not in_cluster(offsite.host):
        yield from unknown_ca(offsite.endpoint, "offsite", "ca_secret")
    if (s3 := environment.existing_s3) and s3.ca_secret is None:
        yield from unknown_ca(s3.address, "object_store", "ca_secret")
    for name, database in environment.databases.items():
        archive = database.site.archive if database.site else None
        if archive and archive.ca_secret is None and not in_cluster(archive.host):
            place = ("databases", name, "site", "archive", "ca_secret")
            yield from unknown_ca(archive.endpoint, *place)


@rule("environment", waivable=True)
def import_verifies_its_source(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A database is imported from a server whose certificate is verified.

    Otherwise what stands between gives the data, and gets the password of a role that reads all
    of the source (libpq, "Protection Provided in Different Modes").
    """
    for name, database in environment.databases.items():
        found = database.import_from
        if found and found.ssl_mode != "verify-full":
            yield Fault(
                f"with '{found.ssl_mode}' another server can give the data; write 'verify-full' "
                "and the CA",
                ("databases", name, "import_from", "ssl_mode"),
            )


def unknown_ca(address: str, *place: str) -> Iterator[Fault]:
    """Find at *place* that the CA is missing without which *address* cannot be verified."""
    if without_public_ca(urlsplit(address).hostname or ""):
        yield Fault(
            f"no public CA signs a certificate for '{address}'; write the Secret with the CA that "
            "did",
            place,
        )
