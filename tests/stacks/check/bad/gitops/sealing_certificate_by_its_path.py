"""gitops.sealing_certificate: it is not a certificate in PEM; write what `kubeseal --fetch-cert` prints [T504]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(gitops=gitops(sealing_certificate="sealing.pem"))
