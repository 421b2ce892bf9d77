#include "daemon/config/config_keys.h"

#include <fmt/format.h>

#include "daemon/config/config_values.h"
#include "daemon/config/key_file.h"

namespace lakeferry {
namespace {

std::vector<PublicKey> ReadTrusted(ConfigMap& map) {
  std::vector<PublicKey> keys;
  for (const ConfigText& text : map.Texts("trusted_keys")) {
    if (const auto key = PublicKey::FromText(text.text)) {
      keys.push_back(*key);
    } else {
      map.problems().Add(text.place, "this is no public key", "write what `lakeferry key show` prints: ed25519:…");
    }
  }
  return keys;
}

}  // namespace

plan::DocumentKeys ReadKeys(ConfigMap& map, const plan::DocumentKeys& inherited) {
  plan::DocumentKeys keys = inherited;
  if (map.Has("signing_key")) {
    if (const auto reference = ReadSecretRef(map, "signing_key")) {
      keys.own = KeyReader(*reference);
      keys.own_place = Describe(*reference);
    }
  }
  if (map.Has("trusted_keys")) {
    keys.trusted = ReadTrusted(map);
    if (!keys.own && !map.Has("signing_key")) {
      map.Report("trusted_keys", "trusted_keys asks for signatures, and this side has no signing_key",
                 "make a key with `lakeferry key new`, and name it as signing_key: {file: /path}");
    }
  }
  return keys;
}

}  // namespace lakeferry
