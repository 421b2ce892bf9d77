#include "daemon/setup/first_tables.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/location.h"

namespace lakeferry::setup {
namespace {

// A folder below a place, as its scheme writes it.
Result<std::string> Below(const std::string& uri, const std::string& folder) {
  LF_TRY(const Location place, Location::Parse(uri));
  if (folder.empty()) return place.Print();
  if (place.scheme() == Scheme::kFile) {
    LF_TRY(const Location below, Location::OfFolder((std::filesystem::path(place.path()) / folder).string()));
    return below.Print();
  }
  const std::string text = place.Print();
  LF_TRY(const Location below, Location::Parse(text + (text.ends_with('/') ? "" : "/") + folder));
  return below.Print();
}

std::string NameOf(const std::string& source, const ObjectPath& folder) {
  std::string name = folder.empty() ? source.substr(source.rfind('/') + 1) : folder.text();
  std::ranges::replace(name, '/', '.');
  return name;
}

}  // namespace

Result<std::string> PlaceUri(const std::string& text) {
  if (text.contains("://") || text.starts_with("file:")) {
    LF_TRY(const Location location, Location::Parse(text));
    return location.Print();
  }
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(text, error).lexically_normal();
  if (error || text.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "this is neither a URI nor a path", text,
                "write file:///folder, s3://bucket/prefix or the like, or a path");
  }
  std::string folder = path.string();
  if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  LF_TRY(const Location location, Location::OfFolder(folder));
  return location.Print();
}

std::string StagingBeside(const std::string& target) {
  return target + (target.ends_with('/') ? "" : "/") + "lakeferry-staging";
}

Result<std::vector<FirstTable>> TablesBelow(const std::string& source, const std::string& target,
                                            const std::vector<ObjectPath>& folders) {
  std::map<std::string, int> named;
  for (const ObjectPath& folder : folders) ++named[NameOf(source, folder)];
  std::vector<FirstTable> tables;
  for (const ObjectPath& folder : folders) {
    FirstTable table{.name = NameOf(source, folder)};
    if (named[table.name] > 1) table.name = folder.text();
    LF_TRY(table.source, Below(source, folder.text()));
    LF_TRY(table.target, Below(target, folder.empty() ? table.name : folder.text()));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace lakeferry::setup
