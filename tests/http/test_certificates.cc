#include "tests/http/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/check.h"

namespace lakeferry {
namespace {

void Extend(X509* certificate, X509* signer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  LF_CHECK(extension != nullptr, "the extension is well written");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* Make(EVP_PKEY* key, const std::string& name, const TestCertificate& wanted, int serial) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.valid_from_s + wanted.valid_for_s);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

// All that was written to `out`, which ends with this.
std::string TextOf(BIO* out) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(out);
  return pem;
}

}  // namespace

TestSigner::TestSigner() : key_(EVP_EC_gen("P-256")), certificate_(Make(key_, "test signer", {}, 1)) {
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  Extend(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  Extend(certificate_, certificate_, NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate_, key_, EVP_sha256());
}

TestSigner::~TestSigner() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

std::string TestSigner::Pem() const {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, certificate_);
  return TextOf(out);
}

TestSigner::Signed TestSigner::Sign(const TestCertificate& wanted, const std::string& name) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Make(key, name, wanted, 3);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  Extend(certificate, certificate_, NID_subject_alt_name, wanted.subject_alt_name);
  X509_sign(certificate, key_, EVP_sha256());
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, certificate);
  Signed pems{.certificate = TextOf(out), .key = {}};
  out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  pems.key = TextOf(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pems;
}

std::shared_ptr<SSL_CTX> TestSigner::Serve(const TestCertificate& wanted) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Make(key, "server", wanted, 2);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_));
  Extend(certificate, certificate_, NID_subject_alt_name, wanted.subject_alt_name);
  X509_sign(certificate, key_, EVP_sha256());
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {context, SSL_CTX_free};
}

}  // namespace lakeferry
