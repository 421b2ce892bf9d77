#include "storage/file/file_store_factory.h"

#include <fmt/format.h>

#include <utility>

#include "async/offload.h"
#include "storage/file/file_store.h"
#include "storage/file/file_uri.h"
#include "storage/file/shared_clock.h"

namespace lakeferry {

Result<std::shared_ptr<ObjectStore>> FileStoreFactory::Open(const std::string& uri) {
  const std::string scheme = UriScheme(uri);
  if (scheme != "file") {
    return Fail(ErrorCode::kInvalidArgument,
                scheme.empty() ? "this is no URI: it has no scheme"
                               : fmt::format("stores of scheme '{}' are not built into this program", scheme),
                uri, "use a file:// URI: file is the one scheme that is built");
  }
  LF_TRY(std::string root, ParseFileUri(uri));
  std::weak_ptr<ObjectStore>& slot = open_[uri];
  if (auto store = slot.lock()) return store;
  std::shared_ptr<RootWatch>& watch = watches_[uri];
  if (!watch) watch = std::make_shared<RootWatch>();
  auto store = std::make_shared<FileStore>(uri, std::move(root), pool_, FileTreeOptions{}, watch);
  slot = store;
  return store;
}

Task<Result<bool>> FileStoreFactory::ShareClock(Call, std::string uri, std::string other) {
  LF_CO_TRY(std::string folder, ParseFileUri(uri));
  LF_CO_TRY(std::string other_folder, ParseFileUri(other));
  auto result = co_await Offload(pool_, [a = std::move(folder), b = std::move(other_folder)]() -> Result<bool> {
    return lakeferry::ShareClock(a, b);
  });
  co_return result;
}

}  // namespace lakeferry
