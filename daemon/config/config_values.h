// Checks of single values of a configuration: locations, names, mail addresses, secrets.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/location.h"
#include "daemon/config/config_reader.h"
#include "daemon/config/secret_ref.h"

namespace lakeferry {

// A location of any scheme, built into this version or not; a problem is added for what is none.
[[nodiscard]] std::optional<Location> CheckLocation(const ConfigText& text, ConfigProblems& problems);

// A name of a workspace, group or table: at most 200 bytes.
[[nodiscard]] bool CheckName(const ConfigText& text, ConfigProblems& problems);

// Keeps those that can be mail addresses; a problem for each other.
[[nodiscard]] std::vector<std::string> CheckAddresses(const std::vector<ConfigText>& texts, ConfigProblems& problems);

// catalog.schema.table, each part non-empty.
[[nodiscard]] bool IsCatalogName(std::string_view name);

// {env: X}, {file: /x} or {credential: x}. A value in place of the reference is a problem whose text does not hold it.
[[nodiscard]] std::optional<SecretRef> ReadSecretRef(ConfigMap& map, std::string_view key);

// What the key says; empty where it is absent or wrong.
[[nodiscard]] std::string TextAt(ConfigMap& map, std::string_view key);

// true or false; false where it is absent or wrong.
[[nodiscard]] bool IsSaid(ConfigMap& map, std::string_view key);

// A problem for each key of `level` but `kind` and these: they belong to entries of another kind.
void RefuseOthersThan(ConfigMap& map, const ConfigLevel& level, std::initializer_list<std::string_view> keys,
                      std::string_view kind);

// True when the text has the form of a token rather than of a name.
[[nodiscard]] bool LooksLikeSecret(std::string_view text);

}  // namespace lakeferry
