#include "daemon/setup/unit_words.h"

#include <algorithm>

#include "daemon/config/text_bytes.h"

namespace lakeferry::setup {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

bool IsPlain(char c) { return c == '/' || c == '%' || kLetters.contains(c); }

std::optional<std::string> Word(std::string_view prefix, std::string_view path) {
  if (HasControlByte(path) || FirstInvalidUtf8(path) != std::string_view::npos) return std::nullopt;
  const bool quoted = !std::ranges::all_of(path, IsPlain);
  std::string word(quoted ? "\"" : "");
  word += prefix;
  for (const char c : path) {
    if (c == '"' || c == '\\') word += '\\';
    if (c == '%') word += '%';
    word += c;
  }
  if (quoted) word += '"';
  return word;
}

}  // namespace

std::optional<std::string> UnitPath(std::string_view path) { return Word({}, path); }

bool IsCredentialName(std::string_view name) {
  return !name.empty() && !name.starts_with('.') &&
         std::ranges::all_of(name, [](char c) { return kLetters.contains(c); });
}

std::string UnitName(std::string_view role) { return "lakeferry-" + std::string(role); }

std::optional<std::string> WriteLine(std::string_view folder) {
  auto word = Word("-", folder);
  if (word) word->insert(0, "ReadWritePaths=");
  return word;
}

}  // namespace lakeferry::setup
