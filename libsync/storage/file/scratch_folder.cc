#include "storage/file/scratch_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "storage/file/errno_error.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

constexpr mode_t kOwnerOnly = 0600;

class UnnamedFile final : public ScratchFile {
 public:
  UnnamedFile(UniqueFd file, std::string folder) : file_(std::move(file)), folder_(std::move(folder)) {}

  [[nodiscard]] int64_t size_bytes() const override { return size_bytes_; }

  Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), size_bytes_);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return FailErrno(errno, "cannot write a temporary file", folder_);
      size_bytes_ += written;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    size_t done = 0;
    while (done < buffer.size()) {
      const ssize_t got =
          ::pread(file_.get(), buffer.data() + done, buffer.size() - done, offset + static_cast<int64_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return FailErrno(errno, "cannot read a temporary file", folder_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  UniqueFd file_;
  std::string folder_;
  int64_t size_bytes_ = 0;
};

// Where there are no files without a name.
UniqueFd OpenAndUnlink(const std::string& folder) {
  std::string name = folder + "/.lakeferry-XXXXXX.tmp";
  UniqueFd file(::mkostemps(name.data(), 4, O_CLOEXEC));
  if (file.valid()) ::unlink(name.c_str());
  return file;
}

}  // namespace

Result<std::unique_ptr<ScratchFile>> ScratchFolder::Open() {
  UniqueFd file;
  if (unnamed_files_) file = UniqueFd(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (!file.valid()) file = OpenAndUnlink(folder_);
  if (!file.valid()) return FailErrno(errno, "cannot create a temporary file", folder_);
  return std::make_unique<UnnamedFile>(std::move(file), folder_);
}

}  // namespace lakeferry
