"""gitops.sealing_certificate: it holds a private key, which must never be in Git; write what `kubeseal --fetch-cert` prints [sealing-certificate-is-valid]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(sealing_certificate="-----BEGIN PRIVATE KEY-----\nhunter2"))
