#include "plan/rules/receipt_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::plan {
namespace {

std::string FlawOfTable(const ManifestTable& table, const Receipt& receipt) {
  const auto answer = std::ranges::find(receipt.tables, table.name, &ReceiptTable::name);
  if (answer == receipt.tables.end()) return fmt::format("it does not speak for table '{}'", table.name);
  if (answer->source_version != table.source_version) {
    return fmt::format("it says version {} of table '{}', and the epoch brings version {}",
                       answer->source_version.value(), table.name, table.source_version.value());
  }
  if (!answer->replica_version || answer->target.empty()) {
    return fmt::format("it does not say where table '{}' was left", table.name);
  }
  return {};
}

}  // namespace

std::string FlawOf(const Receipt& receipt, const Manifest& manifest, std::string_view sha256, const GroupSpec& spec) {
  if (receipt.manifest_sha256 != sha256) return "it answers another manifest than the one that was staged";
  if (!receipt.applied) return {};
  for (const ManifestTable& table : manifest.tables) {
    std::string flaw = FlawOfTable(table, receipt);
    if (!flaw.empty()) return flaw;
  }
  if (receipt.tables.size() != manifest.tables.size()) return "it speaks for tables that the epoch does not have";
  return OtherTarget(receipt, spec);
}

std::string FlawWithoutManifest(Epoch epoch, Epoch newest) {
  if (epoch <= newest) return "the epoch has no manifest";
  return fmt::format("no such epoch was staged, the newest is {}", newest.value());
}

std::string OtherTarget(const Receipt& receipt, const GroupSpec& spec) {
  for (const ReceiptTable& table : receipt.tables) {
    const auto here = std::ranges::find(spec.tables, table.name, &TableSpec::name);
    if (here == spec.tables.end() || here->target_uri == table.target) continue;
    if (here->target_uri.empty() && here->target_by_catalog) continue;  // the receiver alone asks where it lies
    return fmt::format("it speaks for table '{}' at {}, and its target here is {}", table.name,
                       table.target.empty() ? "no place" : table.target, here->target_uri);
  }
  return {};
}

}  // namespace lakeferry::plan
