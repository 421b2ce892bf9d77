#include "storage/s3/lifecycle.h"

#include <fmt/format.h>

#include <pugixml.hpp>

namespace lakeferry::s3 {
namespace {

std::string_view NameOf(pugi::xml_node node) {
  const std::string_view full = node.name();
  const size_t colon = full.find(':');
  return full.substr(colon == std::string_view::npos ? 0 : colon + 1);
}

std::string WhenOf(pugi::xml_node action) {
  const std::string_view days = action.child_value("Days");
  const std::string_view date = action.child_value("Date");
  if (!days.empty()) return fmt::format("after {} days", days);
  return date.empty() ? std::string() : fmt::format("at {}", date);
}

bool IsArchive(std::string_view storage_class) { return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE"; }

bool WantsTag(pugi::xml_node rule) {
  const pugi::xml_node filter = rule.child("Filter");
  return filter.child("Tag") || filter.child("And").child("Tag");
}

// Before there were filters it stood in the rule itself.
std::string PrefixOf(pugi::xml_node rule) {
  const pugi::xml_node filter = rule.child("Filter");
  std::string prefix = filter.child_value("Prefix");
  if (prefix.empty()) prefix = filter.child("And").child_value("Prefix");
  return prefix.empty() ? rule.child_value("Prefix") : prefix;
}

LifecycleRule RuleOf(pugi::xml_node node) {
  LifecycleRule rule{.id = node.child_value("ID"),
                     .prefix = PrefixOf(node),
                     .expires = WhenOf(node.child("Expiration")),
                     .archives = {}};
  for (const pugi::xml_node transition : node.children("Transition")) {
    if (IsArchive(transition.child_value("StorageClass"))) rule.archives = WhenOf(transition);
  }
  return rule;
}

}  // namespace

bool LifecycleRule::Concerns(std::string_view prefix_of_keys) const {
  return prefix_of_keys.starts_with(prefix) || std::string_view(prefix).starts_with(prefix_of_keys);
}

Result<std::vector<LifecycleRule>> ReadLifecycle(std::string_view xml) {
  pugi::xml_document document;
  const bool good = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  const pugi::xml_node root = document.document_element();
  if (!good || NameOf(root) != "LifecycleConfiguration") {
    return Fail(ErrorCode::kCorruptData, "the answer about lifecycle rules is not what S3 gives", {},
                "see what answers at the endpoint: is it an S3 service?");
  }
  std::vector<LifecycleRule> rules;
  for (const pugi::xml_node node : root.children("Rule")) {
    if (std::string_view(node.child_value("Status")) != "Enabled" || WantsTag(node)) continue;
    LifecycleRule rule = RuleOf(node);
    if (!rule.expires.empty() || !rule.archives.empty()) rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace lakeferry::s3
