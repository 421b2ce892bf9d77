// TlsFiles: certificate and key of a server, read again when their files change, so that whoever renews them need not
// restart the process. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/deadline_watch.h"
#include "http/tls_context.h"

namespace lakeferry {

class TlsFiles {
 public:
  // Of files that were read; errors as TlsContext::MakeServer.
  [[nodiscard]] static Result<std::unique_ptr<TlsFiles>> Open(ServerTls files);

  [[nodiscard]] const std::shared_ptr<const TlsContext>& context() const { return context_; }
  [[nodiscard]] const ServerTls& files() const { return files_; }
  // Reads them where they are not as they were: whether it did. The error where they cannot be used, once for each
  // change; what was read before stays in use then.
  Result<bool> Look();

 private:
  using Mark = std::vector<int64_t>;
  explicit TlsFiles(ServerTls files) : files_(std::move(files)) {}
  [[nodiscard]] Mark MarkNow() const;

  const ServerTls files_;
  Mark mark_;
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace lakeferry
