#include "base/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/access_point.h"
#include "base/object_path.h"
#include "base/shown_text.h"

namespace lakeferry {
namespace {

constexpr std::array<Scheme, 7> kSchemes{Scheme::kFile,  Scheme::kS3, Scheme::kS3a, Scheme::kAbfss,
                                         Scheme::kWasbs, Scheme::kAz, Scheme::kGs};
constexpr size_t kSchemeBytesMax = 12;
constexpr size_t kAuthorityBytesMax = 400;
constexpr std::string_view kFileRemedy = "write file:///absolute/folder, with %20 for a space and so on";
constexpr std::string_view kForms =
    "write file:///folder, s3://bucket/prefix, abfss://container@account.dfs.core.windows.net/prefix, "
    "az://container/prefix or gs://bucket/prefix";
constexpr std::string_view kLowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

std::unexpected<Error> Wrong(std::string message, std::string_view where, std::string_view remedy) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), std::string(where), std::string(remedy));
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// What stands before the first ':', lower-case; empty where it is no scheme.
std::string SchemeText(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || std::isalpha(static_cast<unsigned char>(uri[0])) == 0) return {};
  const auto is_of_scheme = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; };
  return std::ranges::all_of(uri.substr(0, colon), is_of_scheme) ? Lower(uri.substr(0, colon)) : std::string();
}

// Nothing where a '%' is not followed by two hex digits.
std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || digits.size() != 2 || end != digits.data() + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::string_view WithoutSlashesAtEnd(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

bool HasOnly(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [more](char c) { return kLowerAndDigits.contains(c) || more.contains(c); });
}

bool IsDots(std::string_view text) { return text == "." || text == ".."; }

// As users of any service have them. Capitals are no bucket's, but for what nobody can make any more, and readers of
// logs take a host without regard to them.
bool IsBucket(std::string_view text) { return HasOnly(text, "-_.") && !IsDots(text); }

// A OneLake workspace may have capitals.
bool IsContainer(std::string_view text) { return !text.empty() && HasOnly(Lower(text), "-_.$") && !IsDots(text); }

bool IsHost(std::string_view text) {
  return HasOnly(text, "-.") && text.contains('.') && !text.starts_with('.') && !text.ends_with('.') &&
         !text.contains("..");
}

// A host of Azure without the label that tells which of its endpoints is meant.
std::string AccountOf(std::string_view host) {
  for (const std::string_view label : {".dfs", ".blob"}) {
    const size_t at = host.find(label);
    const size_t end = at == std::string_view::npos ? at : at + label.size();
    if (end == std::string_view::npos || (end < host.size() && host[end] != '.')) continue;
    return std::string(host.substr(0, at)) + std::string(host.substr(end));
  }
  return std::string(host);
}

struct Authority {
  std::string bucket;
  std::string host;
};

bool IsS3(Scheme scheme) { return scheme == Scheme::kS3 || scheme == Scheme::kS3a; }

// Nothing of what is wrong there is repeated: it may be a password.
Result<Authority> ReadAuthority(Scheme scheme, std::string_view text) {
  const std::string where = fmt::format("{}://", SchemeName(scheme));
  if (IsS3(scheme) && ArnLength(text) > 0) {
    if (ReadAccessPoint(text)) return Authority{.bucket = std::string(text), .host = {}};
    return Wrong("the location names no access point that can be used", where,
                 "write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/prefix; in place of one of several regions or "
                 "of Lambda name the bucket, or its access point in one region");
  }
  const size_t at = text.find('@');
  const bool has_host = IsAzure(scheme) && at != std::string_view::npos;
  if (text.empty()) return Wrong("the location names no bucket or container", where, kForms);
  if (!has_host && (at != std::string_view::npos || text.contains(':'))) {
    return Wrong("the location carries a user name, a password or a port", where,
                 "remove it: secrets are given by reference only");
  }
  if (IsAzure(scheme) && !has_host && scheme != Scheme::kAz) {
    return Wrong(fmt::format("a location of {}:// names no account", SchemeName(scheme)), where,
                 "write container@account.dfs.core.windows.net, or az://container/… where the credential tells the "
                 "account");
  }
  if (!has_host) {
    if (IsBucket(text) && text.size() <= kAuthorityBytesMax) return Authority{.bucket = std::string(text), .host = {}};
    return Wrong("a bucket or container has lower-case letters, digits, '-', '_' and '.' in its name", where, kForms);
  }
  Authority read{.bucket = std::string(text.substr(0, at)), .host = Lower(text.substr(at + 1))};
  if (IsContainer(read.bucket) && IsHost(read.host) && text.size() <= kAuthorityBytesMax) return read;
  return Wrong("what stands before the path is no container@account.host", where,
               "write container@account.dfs.core.windows.net; secrets are given by reference only");
}

// `where`: the location up to what is wrong with it.
Status CheckPrefix(std::string_view path, std::string_view where) {
  if (path.contains('%')) {
    return Wrong("'%' stands in the location, which Spark takes as it is and delta-rs decodes", where,
                 "write characters as they are; a folder that has '%' in its name needs another name");
  }
  if (FirstInvalidUtf8(path) != std::string_view::npos) {
    return Wrong("the location is not UTF-8", where, "no store has such a name");
  }
  if (const auto object = ObjectPath::Make(path); !object) {
    return Wrong(object.error().message, where, "write the folder's real path");
  }
  return {};
}

}  // namespace

std::span<const Scheme> AllSchemes() { return kSchemes; }

std::string_view SchemeName(Scheme scheme) {
  switch (scheme) {
    case Scheme::kFile: return "file";
    case Scheme::kS3: return "s3";
    case Scheme::kS3a: return "s3a";
    case Scheme::kAbfss: return "abfss";
    case Scheme::kWasbs: return "wasbs";
    case Scheme::kAz: return "az";
    case Scheme::kGs: return "gs";
  }
  return {};
}

std::string SchemeList(std::span<const Scheme> schemes) {
  std::string list;
  for (size_t i = 0; i < schemes.size(); ++i) {
    if (i > 0) list += i + 1 == schemes.size() ? " and " : ", ";
    list += fmt::format("{}://", SchemeName(schemes[i]));
  }
  return list;
}

std::optional<Scheme> SchemeOf(std::string_view uri) {
  const std::string text = SchemeText(uri);
  if (text == "abfs") return Scheme::kAbfss;
  if (text == "wasb") return Scheme::kWasbs;
  const auto found = std::ranges::find(kSchemes, std::string_view(text), SchemeName);
  return found == kSchemes.end() ? std::nullopt : std::optional(*found);
}

std::string StoreName(std::string_view scheme, std::string_view authority) {
  std::string name = Lower(scheme);
  const size_t at = authority.rfind('@');
  const std::string_view user = authority.substr(0, at == std::string_view::npos ? 0 : at + 1);
  std::string host = Lower(authority.substr(user.size()));
  if (name == "s3a" || name == "s3n") name = "s3";
  if (name == "abfs") name = "abfss";
  if (name == "file") name = "";
  const bool azure = name == "abfss" || name == "wasb" || name == "wasbs" || name == "az";
  if (azure && !user.empty()) {
    name = "abfss";
    host = AccountOf(host);
  }
  return fmt::format("{}://{}{}", name, user, host);
}

Result<Location> Location::Parse(std::string_view text) {
  const std::optional<Scheme> scheme = SchemeOf(text);
  if (scheme == Scheme::kFile) return ParseFile(text);
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) {
    const bool folder = text.starts_with('/');
    return Wrong("this is no location: it has no scheme", folder ? text : std::string_view(),
                 folder ? fmt::format("write file://{}", text) : std::string(kForms));
  }
  if (scheme && text.find(':') == colon) return ParseFar(*scheme, text.substr(colon + 3));
  // What stands before "://" may be anything, a password too, where it is no scheme.
  const std::string name = text.find(':') == colon ? SchemeText(text) : std::string();
  return Wrong(name.empty() || name.size() > kSchemeBytesMax ? "what stands before :// is no scheme"
                                                             : fmt::format("{}:// is no scheme of a store", name),
               {}, kForms);
}

Result<Location> Location::ParseFile(std::string_view text) {
  std::string_view rest = text.substr(text.find(':') + 1);
  if (rest.starts_with("//")) {
    const size_t path = rest.find('/', 2);
    const std::string_view host = rest.substr(2, path == std::string_view::npos ? path : path - 2);
    if (host.contains('@')) {
      return Wrong("the URI carries a user name or a password", "file://",
                   "write file:///absolute/folder; secrets are given by reference only");
    }
    if (!host.empty() && host != "localhost") {
      return Wrong(fmt::format("a file:// URI names a folder of this machine, but '{}' stands where a host goes", host),
                   text, kFileRemedy);
    }
    rest.remove_prefix(path == std::string_view::npos ? rest.size() : path);
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return Wrong("'?' and '#' must be written %3F and %23", text, kFileRemedy);
  }
  const std::optional<std::string> decoded = PercentDecode(rest);
  if (!decoded) return Wrong("a '%' is not followed by two hex digits", text, kFileRemedy);
  Result<Location> location = OfFolder(*decoded);
  if (!location) location.error().where = text;
  return location;
}

Result<Location> Location::OfFolder(std::string_view folder) {
  const std::string_view path = WithoutSlashesAtEnd(folder);
  if (path.empty()) return Wrong("it names no folder, or the root of the whole file system", folder, kFileRemedy);
  if (path.front() != '/') return Wrong("the folder is not absolute", folder, kFileRemedy);
  if (const auto object = ObjectPath::Make(path.substr(1)); !object) {
    return Wrong(object.error().message, folder, kFileRemedy);
  }
  return Location(Scheme::kFile, {}, {}, std::string(path));
}

Result<Location> Location::ParseFar(Scheme scheme, std::string_view rest) {
  const size_t arn = IsS3(scheme) ? ArnLength(rest) : 0;  // which has a '/' of its own
  const size_t slash = std::min(rest.find_first_of("/?#", arn), rest.size());
  LF_TRY(Authority authority, ReadAuthority(scheme, rest.substr(0, slash)));
  std::string_view path = rest.substr(slash);
  const size_t query = path.find_first_of("?#");
  const std::string where = fmt::format("{}://{}", SchemeName(scheme), rest.substr(0, slash));
  if (query != std::string_view::npos) {
    return Wrong("the location carries a password, signature or other query", where,
                 "remove it: secrets are given by reference only; a folder that has '?' or '#' in its name needs "
                 "another name");
  }
  path = WithoutSlashesAtEnd(path);
  if (!path.empty()) path.remove_prefix(1);
  LF_TRY_OK(CheckPrefix(path, fmt::format("{}/{}", where, OneLine(path.substr(0, kAuthorityBytesMax)))));
  return Location(scheme, std::move(authority.bucket), std::move(authority.host), std::string(path));
}

std::string Location::authority() const { return host_.empty() ? bucket_ : bucket_ + "@" + host_; }

std::string Location::Print() const {
  std::string uri = fmt::format("{}://{}", SchemeName(scheme_), authority());
  if (scheme_ != Scheme::kFile) return path_.empty() ? uri : uri + "/" + path_;
  for (const char c : path_) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri.push_back(c);
    }
  }
  return uri;
}

std::string Location::store() const { return StoreName(SchemeName(scheme_), authority()); }

std::string Location::place() const {
  std::string place = store();
  if (!path_.empty() && path_.front() != '/') place += "/";
  return place + path_ + "/";
}

}  // namespace lakeferry
