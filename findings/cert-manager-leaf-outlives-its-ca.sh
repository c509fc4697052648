#!/usr/bin/env bash
# github.com/cert-manager/cert-manager v1.21.2: what its CA issuer signs with, and what it renews by.
#
# A good guess: a certificate ends with the CA that signs it at the latest, so what is shorter than asked
# for is renewed early; cert-manager's TLS for its own webhook does cut it so. And a `renewBefore` as long
# as the certificate is refused, or renews at once.
# What they do: the issuer signs for the time that is asked for, past the end of the CA. Renewal knows the
# certificate alone, and takes 2/3 of it where `renewBefore` is as long or longer, or 0:
#
#   CA with 10 days left, leaf of 90 days: 90 days, renewed on day 60
#   valid on day 9: true
#   valid on day 11: false
#   renewBefore 30 of 90 days: renewed on day 60
#   renewBefore 30 of 30 days: renewed on day 20
#   renewBefore 0 of 90 days: renewed on day 60
#
# For 49 days each client refuses the leaf, `Ready` is True, and an alert on the time in
# certmanager_certificate_expiration_timestamp_seconds is silent for a CA that cert-manager did not issue.
# Watch the shortest certificate of the chain, and renew a CA longer before its end than a leaf lasts.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > main.go <<'GO'
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	v1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/util/pki"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const day = 24 * time.Hour

var now = time.Now().Truncate(time.Second)

func must[T any](it T, err error) T {
	if err != nil {
		panic(err)
	}
	return it
}

func key() crypto.Signer {
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return must[crypto.Signer](made, err)
}

// after says days that pass until a certificate of so many is renewed.
func after(days int, before *metav1.Duration) int {
	at := must(pki.RenewalTime(now, now.Add(time.Duration(days)*day), before, nil, nil))
	return int(at.Sub(now) / day)
}

func main() {
	signer := key()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: now.Add(-80 * day), NotAfter: now.Add(10 * day),
	}
	_, root, err := pki.SignCertificate(root, root, signer.Public(), signer)
	if err != nil {
		panic(err)
	}
	certificate := &v1.Certificate{Spec: v1.CertificateSpec{
		DNSNames: []string{"db.test"}, PrivateKey: &v1.CertificatePrivateKey{Algorithm: v1.ECDSAKeyAlgorithm},
	}}
	asked := must(pki.EncodeCSR(must(pki.GenerateCSR(certificate)), key()))
	written := &pem.Block{Type: "CERTIFICATE REQUEST", Bytes: asked}
	request := &v1.CertificateRequest{Spec: v1.CertificateRequestSpec{
		Request:  pem.EncodeToMemory(written),
		Duration: &metav1.Duration{Duration: 90 * day},
	}}
	template := must(pki.CertificateTemplateFromCertificateRequest(request))
	signed := must(pki.SignCSRTemplate([]*x509.Certificate{root}, signer, template))
	leaf := must(pki.DecodeX509CertificateBytes(signed.ChainPEM))
	lasts := int((leaf.NotAfter.Sub(now) + time.Hour) / day)
	fmt.Printf("CA with 10 days left, leaf of 90 days: %d days, renewed on day %d\n", lasts, after(lasts, nil))
	roots := x509.NewCertPool()
	roots.AddCert(root)
	for _, days := range []int{9, 11} {
		at := now.Add(time.Duration(days) * day)
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at})
		fmt.Printf("valid on day %d: %t\n", days, err == nil)
	}
	for _, it := range [][2]int{{30, 90}, {30, 30}, {0, 90}} {
		before := &metav1.Duration{Duration: time.Duration(it[0]) * day}
		fmt.Printf("renewBefore %d of %d days: renewed on day %d\n", it[0], it[1], after(it[1], before))
	}
}
GO
go mod init example.test/finding > /dev/null 2>&1
go get github.com/cert-manager/cert-manager@v1.21.2 > get.log 2>&1 || { cat get.log; exit 1; }
go mod tidy > tidy.log 2>&1 || { cat tidy.log; exit 1; }
go list -m github.com/cert-manager/cert-manager
go run . | tee seen

[ "$(cat seen)" = "CA with 10 days left, leaf of 90 days: 90 days, renewed on day 60
valid on day 9: true
valid on day 11: false
renewBefore 30 of 90 days: renewed on day 60
renewBefore 30 of 30 days: renewed on day 20
renewBefore 0 of 90 days: renewed on day 60" ]
echo "as seen on 2026-11-30: a certificate lasts longer than the CA that signed it"
