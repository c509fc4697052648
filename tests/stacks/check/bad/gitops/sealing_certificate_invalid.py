"""gitops.sealing_certificate: it is not a certificate in PEM; write what `kubeseal --fetch-cert` prints [sealing-certificate-is-valid]"""

from tests.valid import environment, gitops

ENVIRONMENT = environment(
    gitops=gitops(
        sealing_certificate="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    )
)
