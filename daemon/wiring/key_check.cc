#include "daemon/wiring/key_check.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/location.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;

// Whether others than the user that runs this can write there. What cannot be looked at is told by other checks.
bool OthersCanWrite(const std::string& uri) {
  const Result<Location> location = Location::Parse(uri);
  struct stat info{};
  if (!location || location->scheme() != Scheme::kFile || stat(location->path().c_str(), &info) != 0) return false;
  return info.st_uid != geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

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

std::vector<Finding> CheckKeys(const plan::GroupSpec& spec) {
  std::vector<Finding> findings;
  if (spec.keys.own) findings.push_back(OfOwnKey(spec));
  if (spec.keys.trusted.empty() && OthersCanWrite(spec.staging_uri)) {
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

}  // namespace lakeferry
