#include "http/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <ctime>

namespace lakeferry {
namespace {

// Several records with one system call.
constexpr size_t kReadAhead = size_t{128} << 10;

std::string LastError() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

// The system's file and folder. SSL_CTX_set_default_verify_paths would open them through OpenSSL's providers too, and
// those call functions by names that the Parquet library of a pyarrow wheel exports as well, of another OpenSSL.
int TrustSystem(SSL_CTX* context) {
  return SSL_CTX_set_default_verify_file(context) == 1 && SSL_CTX_set_default_verify_dir(context) == 1 ? 1 : 0;
}

// What both sides hold to.
void SetRules(SSL_CTX* native) {
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(native,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

std::unexpected<Error> CannotServe(std::string what, const std::string& file, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("{} ({})", what, LastError()), file, std::move(remedy));
}

// A key with a passphrase has nobody here to ask for it.
int NoPassphrase(char*, int, int, void*) { return 0; }

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::MakeServer(const ServerTls& files) {
  ERR_clear_error();
  SSL_CTX* native = SSL_CTX_new(TLS_server_method());
  if (native == nullptr) return Fail(ErrorCode::kInternal, "TLS cannot be set up: " + LastError());
  std::shared_ptr<const TlsContext> context(new TlsContext(native));
  SetRules(native);
  // Each connection proves itself anew: nothing is kept of one that a later one could take up.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_default_passwd_cb(native, NoPassphrase);
  if (SSL_CTX_use_certificate_chain_file(native, files.certificate.c_str()) != 1) {
    return CannotServe("the server's certificate cannot be read", files.certificate,
                       "name a PEM file with the certificate and those between it and the signer's");
  }
  if (SSL_CTX_use_PrivateKey_file(native, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(native) != 1) {
    return CannotServe(
        "the server's key cannot be read, or is not the certificate's", files.key,
        "name the PEM file with the key of the certificate, without a passphrase, for this user to read");
  }
  if (files.client_ca.empty()) return context;
  if (SSL_CTX_load_verify_file(native, files.client_ca.c_str()) != 1) {
    return CannotServe("no certificates to know clients by could be read", files.client_ca,
                       "name a PEM file with the certificates of those who sign the clients'");
  }
  SSL_CTX_set_client_CA_list(native, SSL_load_client_CA_file(files.client_ca.c_str()));
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  return context;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::Make(const std::string& ca_file) {
  SSL_CTX* native = SSL_CTX_new(TLS_client_method());
  if (native == nullptr) return Fail(ErrorCode::kInternal, "TLS cannot be set up: " + LastError());
  std::shared_ptr<const TlsContext> context(new TlsContext(native));
  SetRules(native);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_read_ahead(native, 1);
  SSL_CTX_set_default_read_buffer_len(native, kReadAhead);
  const int loaded = ca_file.empty() ? TrustSystem(native) : SSL_CTX_load_verify_file(native, ca_file.c_str());
  if (loaded != 1) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("no certificates to trust could be read ({})", LastError()),
                ca_file, "name a PEM file with the certificates of those who sign the server's");
  }
  return context;
}

std::optional<TimeMs> TimeOfAsn1(const asn1_string_st* time) {
  std::tm parts{};
  // Without a time it would be the present one.
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return FromEpochMs(int64_t{::timegm(&parts)} * 1'000);
}

std::optional<TimeMs> EndOfCertificate(std::string_view pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  if (!text) return std::nullopt;
  const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr),
                                                           X509_free);
  ERR_clear_error();
  return certificate ? TimeOfAsn1(X509_get0_notAfter(certificate.get())) : std::nullopt;
}

std::optional<TimeMs> TlsContext::ShownUntil() const {
  const X509* certificate = SSL_CTX_get0_certificate(context_);
  return certificate == nullptr ? std::nullopt : TimeOfAsn1(X509_get0_notAfter(certificate));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace lakeferry
