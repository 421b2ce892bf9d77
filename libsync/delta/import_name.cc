#include "delta/import_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/digest.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"

namespace lakeferry::delta {
namespace {

constexpr std::string_view kFolder = "ext/";
constexpr size_t kFanOutDigits = 2;
constexpr size_t kDigestDigits = 64;
constexpr size_t kBaseNameMax = 100;
// "ext/ab/" and the digest with its '-'.
constexpr size_t kFolderLength = kFolder.size() + kFanOutDigits + 1;
constexpr size_t kPrefixLength = kFolderLength + kDigestDigits + 1;

bool IsLowerHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view LastSegment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// What a person recognises of `name`; its end holds the extension.
std::string Readable(std::string_view name) {
  std::string out(name.substr(name.size() - std::min(name.size(), kBaseNameMax)));
  for (char& c : out) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    if (!plain) c = '_';
  }
  return out;
}

}  // namespace

Result<ObjectPath> ImportName(std::string_view path) {
  LF_TRY(const std::string normal, NormalisePath(path));
  const std::string digest = Sha256Hex(normal);
  std::string_view base = LastSegment(normal);
  // A file that was imported before keeps its base name, however often it goes on.
  const ObjectPath before = ObjectPath::Make(normal).value_or(ObjectPath());
  if (IsImportName(before)) base = std::string_view(before.text()).substr(kPrefixLength);
  return ObjectPath::Make(fmt::format("{}{}/{}-{}", kFolder, digest.substr(0, kFanOutDigits), digest, Readable(base)));
}

bool IsImportName(const ObjectPath& path) {
  const std::string_view text = path.text();
  if (!text.starts_with(kFolder) || text.size() < kPrefixLength || text[kPrefixLength - 1] != '-') return false;
  const std::string_view digest = text.substr(kFolderLength, kDigestDigits);
  return IsLowerHex(digest) && text.substr(kFolder.size(), kFanOutDigits) == digest.substr(0, kFanOutDigits) &&
         text[kFolderLength - 1] == '/' && text.find('/', kFolderLength) == std::string_view::npos;
}

Result<DeletionVector> ImportedVector(DeletionVector vector) {
  LF_TRY(const std::string normal, NormalisePath(vector.path_or_inline_dv));
  const std::optional<std::string> own = VectorUuid(LastSegment(normal));
  vector.storage_type = "u";
  vector.path_or_inline_dv = EncodeUuid(own ? *own : NameUuid("vector/" + normal));
  return vector;
}

}  // namespace lakeferry::delta
