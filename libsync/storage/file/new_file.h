// NewFile: a file while it is written, seen by nobody before it is published. Blocking; one thread at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/object_store.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

class NewFile {
 public:
  // kUnnamed: without a name (O_TMPFILE), so that nothing is left of it after a crash; where the file system has no
  // such files it becomes kNamed. kNamed: under a hidden temporary name in the target's folder.
  enum class Kind { kUnnamed, kNamed };
  static constexpr mode_t kMode = 0666;  // the umask decides

  // A new file that is to become `name` in the open `folder`; `full_name` is for errors.
  static Result<NewFile> Create(std::shared_ptr<const UniqueFd> folder, std::string name, std::string full_name,
                                Kind kind);
  NewFile(NewFile&& other) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;
  // Removes what was not published.
  ~NewFile();

  // Appends.
  Status Write(std::string_view bytes);
  // The same at a place of its own; any number of threads at once, each with bytes of its own.
  Status WriteAt(int64_t offset, std::span<const char> bytes) const;
  // Takes it away again, as if it had never been there. Nothing else may be asked of it then.
  Status Discard();
  // Gives the file that modification time; a later Write takes it away again. False where the file system knows none
  // but its own.
  Result<bool> SetModified(TimeMs modified);
  // Makes the content durable, then the name, unless there is such a name. At most one of PublishIfAbsent and Replace,
  // once. kOutcomeUnknown: the name is there but may not survive a power cut. A failed fsync is never tried again: the
  // kernel may have dropped the bytes.
  // kCorruptData, and nothing published, where it has another size than `size_bytes`.
  Result<PutOutcome> PublishIfAbsent(std::optional<int64_t> size_bytes = {});
  // The same in steps, for a caller who makes content and name durable: the file first, then the link, then the folder.
  // A name that was there may not be durable either.
  [[nodiscard]] int file_fd() const { return file_.get(); }
  [[nodiscard]] int folder_fd() const { return folder_->get(); }
  Result<PutOutcome> LinkIfAbsent();
  // What an errno of making them durable means.
  [[nodiscard]] Error ContentNotDurable(int error_number) const;
  [[nodiscard]] Error NameNotDurable(int error_number, PutOutcome outcome) const;
  // Makes the content durable, then takes the place of whatever file has the name. The file must be of kNamed.
  Status Replace();

 private:
  NewFile() = default;
  [[nodiscard]] int Link();
  [[nodiscard]] int LinkNamed();
  [[nodiscard]] Status CheckSize(int64_t size_bytes) const;

  std::shared_ptr<const UniqueFd> folder_;
  UniqueFd file_;
  std::string name_;
  std::string full_name_;
  std::unique_ptr<std::string> temporary_name_;  // null: unnamed, published or moved from
};

// After EEXIST: makes durable the name somebody else may have published just now. kInvalidArgument where a folder has
// the name.
Status ConfirmExisting(int folder_fd, const std::string& name, const std::string& full_name);

// Makes a name just published durable. kOutcomeUnknown where that cannot be.
Status SyncPublished(int folder_fd, const std::string& full_name);

}  // namespace lakeferry
