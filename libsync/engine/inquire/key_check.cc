#include "engine/inquire/key_check.h"

#include <fmt/format.h>

#include <string>

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

Finding OfOwnKey(const plan::GroupSpec& spec) {
  const Result<SigningKey> key = spec.keys.own();
  if (!key) {
    return {.severity = Severity::kError,
            .what = key.error().message,
            .where = spec.keys.own_place,
            .remedy = key.error().remedy};
  }
  const std::string text = key->public_key().ToText();
  if (!spec.keys.Takes(key->public_key())) {
    return {.severity = Severity::kError,
            .what = fmt::format("group '{}': trusted_keys lacks the public key of signing_key", spec.name),
            .where = spec.keys.own_place,
            .remedy = fmt::format("add {}", text)};
  }
  return {.severity = Severity::kInfo,
          .what = fmt::format("group '{}' signs with {}", spec.name, text),
          .where = spec.keys.own_place,
          .remedy = {}};
}

}  // namespace

std::vector<Finding> CheckKeys(const plan::GroupSpec& spec, std::optional<bool> others_may_write) {
  std::vector<Finding> findings;
  if (spec.keys.own) findings.push_back(OfOwnKey(spec));
  if (spec.keys.trusted.empty() && others_may_write.value_or(false)) {
    findings.push_back(
        {.severity = Severity::kWarning,
         .what = fmt::format("others can write the staging location of group '{}', and nothing shows who wrote what "
                             "lies there",
                             spec.name),
         .where = spec.staging_uri,
         .remedy = "set signing_key and trusted_keys on both sides, or take the right to write from others"});
  }
  return findings;
}

}  // namespace lakeferry::engine
