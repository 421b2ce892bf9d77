#include "http/server/tls_files.h"

#include <sys/stat.h>

namespace lakeferry {

// What a file is known by: another file in its place, or other content.
TlsFiles::Mark TlsFiles::MarkNow() const {
  Mark mark;
  for (const std::string* path : {&files_.certificate, &files_.key, &files_.client_ca}) {
    struct stat found{};
    if (path->empty() || ::stat(path->c_str(), &found) != 0) continue;
    mark.insert(mark.end(),
                {static_cast<int64_t>(found.st_ino), found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec});
  }
  return mark;
}

Result<std::unique_ptr<TlsFiles>> TlsFiles::Open(ServerTls files) {
  std::unique_ptr<TlsFiles> opened(new TlsFiles(std::move(files)));
  opened->mark_ = opened->MarkNow();
  LF_TRY(opened->context_, TlsContext::MakeServer(opened->files_));
  return opened;
}

Result<bool> TlsFiles::Look() {
  Mark now = MarkNow();
  if (now == mark_) return false;
  mark_ = std::move(now);
  LF_TRY(context_, TlsContext::MakeServer(files_));
  return true;
}

}  // namespace lakeferry
