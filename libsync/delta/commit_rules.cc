#include "delta/commit_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "delta/file_path.h"

namespace lakeferry::delta {
namespace {

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
  return Broken(fmt::format("{}: {}", error.message, error.where.text()), where_);
}

Status CommitRules::Twice(std::string_view kind) const {
  return Broken(fmt::format("one commit holds two {} actions", kind), where_);
}

}  // namespace lakeferry::delta
