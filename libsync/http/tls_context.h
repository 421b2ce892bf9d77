// TlsContext: whom we trust when a server shows its certificate. TLS 1.2 and later; nothing switches the check off.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace lakeferry {

// Any thread, once made.
class TlsContext {
 public:
  // Trusts the certificates of `ca_file` (PEM) alone; of the system where it is empty. kInvalidArgument where the file
  // holds none.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> Make(const std::string& ca_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace lakeferry
