#include "env/store_calls.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "async/task_group.h"

namespace lakeferry {
namespace {

template <typename T>
void Append(std::vector<T>& all, std::vector<T>&& more) {
  if (all.empty()) {
    all = std::move(more);
  } else {
    std::ranges::move(more, std::back_inserter(all));
  }
}

Task<Status> DeleteBatch(Call call, ObjectStore& store, std::vector<ObjectPath> batch) {
  LF_CO_TRY(std::vector<NotDeleted> stayed, co_await store.Delete(call, std::move(batch)));
  if (!stayed.empty()) co_return std::unexpected(std::move(stayed.front().error));
  co_return Status{};
}

}  // namespace

Task<Result<Listing>> ListAll(Call call, ObjectStore& store, ObjectPath folder, std::string start_after) {
  ListRequest request{.folder = std::move(folder), .start_after = std::move(start_after)};
  Listing all;
  do {
    LF_CO_TRY(ListPage page, co_await store.List(call, request));
    Append(all.objects, std::move(page.listing.objects));
    Append(all.folders, std::move(page.listing.folders));
    Append(all.links, std::move(page.listing.links));
    request.resume = std::move(page.resume);
  } while (!request.resume.empty());
  co_return all;
}

Task<Status> ReadAll(Call call, OpenObject& object, std::string& text) {
  text.resize(static_cast<size_t>(object.size_bytes()));
  LF_CO_TRY(const size_t got, co_await object.Read(call, 0, text));
  text.resize(got);
  co_return Status{};
}

Task<Result<std::string>> ReadAll(Call call, OpenObject& object) {
  std::string text;
  LF_CO_TRY_OK(co_await ReadAll(call, object, text));
  co_return text;
}

Task<Status> DeleteAll(Call call, ObjectStore& store, std::vector<ObjectPath> paths, size_t at_once) {
  const size_t size = store.traits().delete_batch_max;
  const size_t batches = (paths.size() + size - 1) / size;
  const auto one = [&call, &store, &paths, size](size_t number) {
    const auto begin = paths.begin() + static_cast<std::ptrdiff_t>(number * size);
    const auto end = paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), (number + 1) * size));
    return DeleteBatch(call, store, std::vector<ObjectPath>(begin, end));
  };
  co_return co_await ParallelFor(batches, at_once, one);
}

Task<Status> DeleteOne(Call call, ObjectStore& store, ObjectPath path) {
  std::vector<ObjectPath> batch;
  batch.push_back(std::move(path));
  co_return co_await DeleteBatch(call, store, std::move(batch));
}

}  // namespace lakeferry
