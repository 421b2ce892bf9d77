#include "daemon/web/document_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"

namespace lakeferry::web {
namespace {

// How often whoever waits for what another makes looks whether it is there.
constexpr Millis kLookAgain{2};

}  // namespace

Document DocumentOf(std::string text) {
  std::string tag = fmt::format("\"{}\"", Sha256Hex(text).substr(0, 32));
  return {.text = std::make_shared<const std::string>(std::move(text)), .tag = std::move(tag)};
}

void DocumentCache::MakeRoom() {
  while (known_.size() >= kDocumentsMax) {
    const auto oldest = std::ranges::min_element(known_, {}, [](const auto& known) { return known.second->made; });
    known_.erase(oldest);
  }
}

Task<Result<Document>> DocumentCache::Get(std::string name, Millis age, Make make) {
  const auto found = known_.find(name);
  std::shared_ptr<Entry> entry = found == known_.end() ? nullptr : found->second;
  if (entry && (entry->making || clock_.Monotonic() - entry->made <= age)) {
    while (entry->making) co_await clock_.SleepFor({}, kLookAgain);
    co_return entry->document;
  }
  if (!entry) MakeRoom();
  entry = std::make_shared<Entry>();
  known_[std::move(name)] = entry;
  Result<std::string> text = co_await make();
  entry->document = text ? Result<Document>(DocumentOf(*std::move(text))) : std::unexpected(text.error());
  entry->made = clock_.Monotonic();
  entry->making = false;
  co_return entry->document;
}

}  // namespace lakeferry::web
