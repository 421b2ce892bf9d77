#include "delta/commit_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "delta/file_path.h"

namespace lakeferry::delta {
namespace {

// The shortest add there is: its required fields.
constexpr size_t kAddBytesMin = 90;
// More room is not made in advance: a text may look as if it held more adds than there is memory for.
constexpr size_t kReservedMax = size_t{1} << 20;

std::unexpected<Error> Broken(std::string what, std::string_view where) {
  return Fail(ErrorCode::kCorruptLog, "damaged Delta log: " + std::move(what), std::string(where),
              "the writer of this commit broke the protocol: restore the table to a version before it");
}

}  // namespace

Result<std::string> CommitRules::Name(std::string_view path, const std::optional<DeletionVector>& dv) {
  auto key = FileKey(path, dv);
  if (!key) return BadPath(key.error());
  hashes_.push_back(std::hash<std::string>()(*key));
  return key;
}

bool CommitRules::MayRepeat() {
  std::ranges::sort(hashes_);
  return std::ranges::adjacent_find(hashes_) != hashes_.end();
}

Status CommitRules::RefuseRepeated(std::vector<std::string> keys) const {
  std::ranges::sort(keys);
  const auto repeated = std::ranges::adjacent_find(keys);
  if (repeated == keys.end()) return {};
  return Repeated(std::string_view(*repeated).substr(0, repeated->find('\n')));
}

std::unexpected<Error> CommitRules::Repeated(std::string_view path) const {
  return Broken(fmt::format("one commit adds or removes a file twice: {}", path), where_);
}

std::unexpected<Error> CommitRules::BadPath(const Error& error) const {
  return Broken(fmt::format("{}: {}", error.message, error.where), where_);
}

Status CommitRules::Twice(std::string_view kind) const {
  return Broken(fmt::format("one commit holds two {} actions", kind), where_);
}

size_t AddsAtMost(std::string_view text) {
  size_t lines = 1;
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ++lines;
  return std::min({lines, text.size() / kAddBytesMin, kReservedMax});
}

}  // namespace lakeferry::delta
