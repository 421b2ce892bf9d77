#include "daemon/web/document_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"

namespace lakeferry::web {
namespace {

// How often whoever waits for what another makes looks whether it is there.
constexpr Millis kLookAgain{2};

// For as long as somebody makes it, however that ends.
class Making {
 public:
  explicit Making(bool& flag) : flag_(flag) { flag_ = true; }
  ~Making() { flag_ = false; }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

 private:
  bool& flag_;
};

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
  if (!known_.contains(name)) {
    MakeRoom();
    known_[name] = std::make_shared<Entry>();
  }
  const std::shared_ptr<Entry> entry = known_[name];
  const auto is_young = [&](Millis most) { return entry->document && clock_.Monotonic() - entry->made <= most; };
  while (entry->making && !is_young(kStaleMax)) co_await clock_.SleepFor({}, kLookAgain);
  if (is_young(entry->making ? kStaleMax : age)) co_return *entry->document;
  const Making making(entry->making);
  Result<std::string> text = co_await make();
  entry->document = text ? Result<Document>(DocumentOf(*std::move(text))) : std::unexpected(text.error());
  entry->made = clock_.Monotonic();
  co_return *entry->document;
}

}  // namespace lakeferry::web
