#include "delta/file_path.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "base/location.h"
#include "delta/deletion_vector.h"

namespace lakeferry::delta {
namespace {

// A reference taken apart. Relative ones have neither scheme nor authority.
struct Reference {
  std::string_view scheme;
  std::string_view authority;
  std::string_view path;
};

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool IsHexAt(std::string_view text, size_t at) {
  return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
}
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The length of the scheme, 0 for none. Only "name:/" counts: a relative file name may hold a colon.
size_t SchemeLength(std::string_view text) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    const auto c = static_cast<unsigned char>(text[end]);
    const bool further = end > 0 && (std::isdigit(c) != 0 || c == '+' || c == '-' || c == '.');
    if (std::isalpha(c) == 0 && !further) break;
  }
  return end > 0 && text.substr(end).starts_with(":/") ? end : 0;
}

Reference TakeApart(std::string_view text) {
  const size_t scheme = SchemeLength(text);
  if (scheme == 0) return {.path = text};
  std::string_view rest = text.substr(scheme + 1);
  Reference reference{.scheme = text.substr(0, scheme), .path = rest};
  if (rest.starts_with("//")) {
    const size_t end = std::min(rest.find('/', 2), rest.size());
    reference.authority = rest.substr(2, end - 2);
    reference.path = rest.substr(end);
  }
  return reference;
}

std::unexpected<Error> BadPath(std::string_view why, std::string_view path) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("file path in the log {}", why),
              EncodeSegment(path.substr(0, 200)),
              "the commit that names it is damaged or hostile: repair the source table");
}

// Appends `segment` with the hex digits of its escapes in upper case.
void AppendSegment(std::string_view segment, std::string& out) {
  for (size_t i = 0; i < segment.size(); ++i) {
    out += segment[i];
    if (segment[i] != '%' || !IsHexAt(segment, i + 1) || !IsHexAt(segment, i + 2)) continue;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(segment[++i])));
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(segment[++i])));
  }
}

// Collapses "//" and ".", resolves "..": no leading or trailing '/'. Escapes stay.
Result<std::string> NormaliseSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    begin = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (kept.empty()) {
      return BadPath("leaves the root of its table with '..'", path);
    } else {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string_view segment : kept) {
    if (!out.empty()) out += '/';
    AppendSegment(segment, out);
  }
  return out;
}

// Whether normalising may change the character, or what comes before it means something else than a relative path.
constexpr uint8_t NeedsALook(uint8_t c) {
  // Arithmetic instead of logic, because only that is done for many characters at once.
  return static_cast<uint8_t>((c < 0x20) | (c == '%') | (c == ':') | (c == 0x7f));
}

// True iff normalising would change nothing, as for nearly every path that writers make.
bool IsNormalAlready(std::string_view path) {
  uint8_t needs_a_look = 0;
  for (const char c : path) needs_a_look |= NeedsALook(static_cast<uint8_t>(c));
  if (needs_a_look != 0) return false;
  for (size_t segment = 0;;) {
    if (segment == path.size() || path[segment] == '/' || path[segment] == '.') return false;
    const size_t slash = path.find('/', segment);
    if (slash == std::string_view::npos) return true;
    segment = slash + 1;
  }
}

std::string NormaliseAuthority(std::string_view authority) {
  const size_t at = authority.rfind('@');
  const size_t host = at == std::string_view::npos ? 0 : at + 1;
  return std::string(authority.substr(0, host)) + Lower(authority.substr(host));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// Decodes escapes once.
Result<std::string> Decode(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '?' || path[i] == '#') return BadPath("holds a '?' or '#' that is not percent-encoded", path);
    if (path[i] != '%') {
      out += path[i];
      continue;
    }
    if (!IsHexAt(path, i + 1) || !IsHexAt(path, i + 2)) return BadPath("holds a broken percent escape", path);
    out += static_cast<char>(HexValue(path[i + 1]) * 16 + HexValue(path[i + 2]));
    i += 2;
  }
  if (!simdjson::validate_utf8(out.data(), out.size())) return BadPath("is not UTF-8 once decoded", path);
  return out;
}

Result<ObjectPath> MakeObject(std::string_view decoded, std::string_view path) {
  if (decoded.empty()) return BadPath("names no file", path);
  auto object = ObjectPath::Make(decoded);
  if (!object) return BadPath(fmt::format("cannot name an object: {}", object.error().message), path);
  return object;
}

// The object that the absolute `path` names below `table_uri`.
Result<ObjectPath> BelowTable(std::string_view path, std::string_view table_uri) {
  LF_TRY(const Place place, PlaceOf(path));
  LF_TRY(const Place table, PlaceOfRoot(table_uri));
  LF_TRY(std::optional<ObjectPath> object, ObjectBelow(table, place, path));
  if (object) return *std::move(object);
  return Fail(ErrorCode::kUnsupportedTable, "file lies outside its table, under an absolute path",
              std::string(path.substr(0, 200)), "make a deep clone of the table, which holds all its files itself");
}

// Characters that RFC 2396 allows in a path as they are.
bool IsPlainInPath(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-_.!~*'():@&=+$,;/").find(c) != std::string_view::npos;
}

}  // namespace

bool IsAbsolutePath(std::string_view path) { return path.starts_with('/') || SchemeLength(path) > 0; }

Result<std::string_view> NormalPath(std::string_view path, std::string& made) {
  if (!path.empty() && IsNormalAlready(path)) return path;
  LF_TRY(made, NormalisePath(path));
  return std::string_view(made);
}

Result<std::string> NormalisePath(std::string_view path) {
  if (path.empty()) return BadPath("is empty", path);
  if (IsNormalAlready(path)) return std::string(path);
  if (std::ranges::any_of(path, IsControl)) return BadPath("holds a control character", path);
  const Reference reference = TakeApart(path);
  LF_TRY(std::string segments, NormaliseSegments(reference.path));
  if (!reference.scheme.empty()) {
    return Lower(reference.scheme) + "://" + NormaliseAuthority(reference.authority) + "/" + segments;
  }
  if (segments.empty()) return BadPath("names no file", path);
  if (!path.starts_with('/') && SchemeLength(segments) > 0) {
    return BadPath("is relative, but reads as an absolute one without its '.' and '..'", path);
  }
  // Engines take a path without a scheme to their default file system, the local one where there is no other.
  return path.starts_with('/') ? "file:///" + segments : segments;
}

Result<Place> PlaceOf(std::string_view path) {
  if (path.ends_with('/')) return BadPath("names a folder", path);
  if (std::ranges::any_of(path, IsControl)) return BadPath("holds a control character", path);
  const Reference reference = TakeApart(path);
  LF_TRY(const std::string normal, NormaliseSegments(reference.path));
  LF_TRY(std::string decoded, Decode(normal));
  return Place{.store = StoreName(reference.scheme, reference.authority), .path = std::move(decoded)};
}

Result<Place> PlaceOfRoot(std::string_view root) {
  if (SchemeOf(root)) {
    LF_TRY(const Location location, Location::Parse(root));
    const std::string_view path = location.path();
    return Place{.store = location.store(), .path = std::string(path.substr(path.starts_with('/') ? 1 : 0))};
  }
  const Reference reference = TakeApart(root);
  LF_TRY(const std::string normal, NormaliseSegments(reference.path));
  return Place{.store = StoreName(reference.scheme, reference.authority), .path = Decode(normal).value_or(normal)};
}

Result<std::optional<ObjectPath>> ObjectBelow(const Place& root, const Place& place, std::string_view path) {
  const bool whole_store = root.path.empty();
  if (root.store != place.store || !place.path.starts_with(root.path)) return std::nullopt;
  std::string_view rest = std::string_view(place.path).substr(root.path.size());
  if (!whole_store && !rest.empty()) {
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
  }
  LF_TRY(ObjectPath object, MakeObject(rest, path));
  return object;
}

Result<std::string> FileKey(std::string_view path, const std::optional<DeletionVector>& dv) {
  LF_TRY(std::string key, NormalisePath(path));
  // A line end occurs in no normalised path.
  if (dv) key += "\n" + UniqueId(*dv);
  return key;
}

Result<ObjectPath> ResolveInTable(std::string_view path, std::string_view table_uri) {
  if (path.empty()) return BadPath("is empty", path);
  if (path.ends_with('/')) return BadPath("names a folder", path);
  if (IsAbsolutePath(path)) return BelowTable(path, table_uri);
  LF_TRY(const std::string normal, NormaliseSegments(path));
  LF_TRY(const std::string decoded, Decode(normal));
  return MakeObject(decoded, path);
}

std::string EncodeForLog(const ObjectPath& path) {
  std::string out;
  bool first_segment = true;
  for (const char c : path.text()) {
    if (c == '/') first_segment = false;
    // A colon in the first segment would make readers take what stands before it for a scheme.
    const bool plain = IsPlainInPath(c) && !(c == ':' && first_segment);
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace lakeferry::delta
