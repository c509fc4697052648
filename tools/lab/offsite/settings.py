"""Settings of the off-site store: Ceph's own, and those of a bucket that copies go to."""

from typing import Any

from tools.lab.machine.paths import OFFSITE_ADDRESS, OFFSITE_HOST
from tools.lab.offsite.kms import ADDRESS

CLIENT = "client.rgw.a"
DISK_GB = 12

COPIER_MAY = (
    "s3:ListBucket",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectRetention",
    "s3:PutObject",
)
"""What that user is allowed: docs/offsite.md names the same."""


def policy(bucket: str, copier: str, owner: str) -> dict[str, Any]:
    """Return the policy of a bucket that lets a user copy to it.

    In Ceph an object is of who wrote it: without being named its bucket's owner could not read it.
    """
    allowed = {copier: list(COPIER_MAY), owner: ["s3:*"]}
    statements = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam:::user/{user}"]},
            "Action": actions,
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        }
        for user, actions in allowed.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}


LOCK = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
    "<DefaultRetention><Mode>COMPLIANCE</Mode><Days>{days}</Days></DefaultRetention>"
    "</Rule></ObjectLockConfiguration>"
)
CONFIGURATION = f"""\
[global]
fsid = {{fsid}}
mon host = [v2:{OFFSITE_ADDRESS}:3300,v1:{OFFSITE_ADDRESS}:6789]
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
# Without keys there is nothing to encrypt by; the default mode would wait for one forever.
ms mon client mode = crc
public addr = {OFFSITE_ADDRESS}
run dir = /srv/run
admin socket = /srv/run/$name.asok
crash dir = /srv/run
mon data avail crit = 0
mon data avail warn = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
[mon.a]
mon data = /srv/mon
[osd.0]
osd data = /srv/osd
bluestore block create = true
bluestore block size = {DISK_GB * 10**9}
bluestore cache autotune = false
bluestore cache size = {128 << 20}
[{CLIENT}]
rgw frontends = beast ssl_endpoint={OFFSITE_ADDRESS}:443 ssl_certificate=/srv/tls/rgw.crt \
ssl_private_key=/srv/tls/rgw.key
rgw dns name = {OFFSITE_HOST}
rgw thread pool size = 32
rgw rados pool pg num min = 4
rgw crypt sse s3 backend = vault
rgw crypt sse s3 vault auth = token
rgw crypt sse s3 vault addr = {ADDRESS}
rgw crypt sse s3 vault prefix = /v1/transit
rgw crypt sse s3 vault secret engine = transit
rgw crypt sse s3 vault token file = /srv/kms/token
"""
