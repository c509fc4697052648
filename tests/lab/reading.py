"""What the keys of an archive's reader may do, tried with each of them in a pod of the lab."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tools.lab.databases.archives import ask

if TYPE_CHECKING:
    from tools.lab.access import Cluster

READS = ("list", "get", "head", "locate")
"""What a restore needs."""

_TRY = """
import boto3, botocore.config, botocore.exceptions, json, sys
endpoint, bucket, key, other = sys.argv[1:]
patient = botocore.config.Config(retries={"total_max_attempts": 6})
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=patient)
here, policy = {"Bucket": bucket, "Key": key}, '{"Version": "2012-10-17", "Statement": []}'
new = {"Bucket": bucket, "Key": "written-by-the-reader"}
rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
actions = {
    "list": lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=1),
    "get": lambda: s3.get_object(**here)["Body"].read(1),
    "head": lambda: s3.head_object(**here),
    "locate": lambda: s3.get_bucket_location(Bucket=bucket),
    "put": lambda: s3.put_object(**new, Body=b"x"),
    "overwrite": lambda: s3.copy_object(**here, CopySource=here, MetadataDirective="REPLACE"),
    "upload in parts": lambda: s3.create_multipart_upload(**new),
    "delete": lambda: s3.delete_object(**here),
    "delete many": lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]}),
    "tag": lambda: s3.put_object_tagging(**here, Tagging={"TagSet": []}),
    "open to all": lambda: s3.put_object_acl(**here, ACL="public-read"),
    "set the policy": lambda: s3.put_bucket_policy(Bucket=bucket, Policy=policy),
    "delete the policy": lambda: s3.delete_bucket_policy(Bucket=bucket),
    "expire": lambda: s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
    ),
    "make a bucket": lambda: s3.create_bucket(Bucket=bucket + "-reader"),
    "delete the bucket": lambda: s3.delete_bucket(Bucket=bucket),
    "list another bucket": lambda: s3.list_objects_v2(Bucket=other, MaxKeys=1),
}
said = {}
for name, action in actions.items():
    try:
        action()
        said[name] = "done"
    except botocore.exceptions.ClientError as error:
        said[name] = error.response["Error"]["Code"]
print(json.dumps(said))
"""


def tried(
    lab: "Cluster", namespace: str, configuration: Mapping[str, Any], key: str, other: str
) -> dict[str, str]:
    """Try each action with a reader's keys: by its name `done`, or the code of the refusal.

    *configuration* is barman's, with these keys and a CA of the *namespace*; *key* an object of
    the archive's bucket, which it must outlive, and *other* the bucket of another database.
    """
    bucket = str(configuration["destinationPath"]).removeprefix("s3://").strip("/")
    arguments = [str(configuration["endpointURL"]), bucket, key, other]
    found: dict[str, str] = json.loads(
        ask(lab, (namespace, "reader"), configuration, _TRY, arguments)
    )
    return found


def expected(done: Mapping[str, str]) -> dict[str, str]:
    """Return what `tried` must have said: a reader reads, and all else is refused."""
    return {name: "done" if name in READS else "AccessDenied" for name in done}
