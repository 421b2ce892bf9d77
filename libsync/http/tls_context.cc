#include "http/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

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

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::Make(const std::string& ca_file) {
  SSL_CTX* native = SSL_CTX_new(TLS_client_method());
  if (native == nullptr) return Fail(ErrorCode::kInternal, "TLS cannot be set up: " + LastError());
  std::shared_ptr<const TlsContext> context(new TlsContext(native));
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(native,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
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

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace lakeferry
