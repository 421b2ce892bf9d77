#include "base/place.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace lakeferry {
namespace {

bool IsUri(std::string_view text) {
  const size_t end = text.find("://");
  return end != std::string_view::npos && end > 0 &&
         text.substr(0, end).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-") == std::string_view::npos;
}

std::string TextOf(const ConfigSpot& spot) {
  std::string text = spot.file;
  if (spot.line > 0) text += fmt::format(":{}:{}", spot.line, spot.column);
  if (!spot.key.empty()) text += " " + spot.key;
  return text;
}

std::string TextOf(const RunSpot& spot) {
  if (spot.run_id.empty()) return fmt::format("workflow {}", spot.workflow);
  return fmt::format("run {} of workflow {}", spot.run_id, spot.workflow);
}

// True where `text` is `root` or something below it; `rest` is what.
bool IsBelow(std::string_view text, std::string_view root, std::string_view& rest) {
  while (root.ends_with('/')) root.remove_suffix(1);
  if (root.empty() || !text.starts_with(root)) return false;
  rest = text.substr(root.size());
  if (rest.empty()) return true;
  if (!rest.starts_with('/')) return false;
  rest.remove_prefix(1);
  return true;
}

// The folder by which the file system's errors call a file:// location, in which nothing is escaped.
std::string FolderOf(std::string_view location) {
  constexpr std::string_view kFile = "file://";
  if (!location.starts_with(kFile)) return {};
  std::string folder;
  for (size_t i = kFile.size(); i < location.size(); ++i) {
    unsigned byte = 0;
    const bool coded = location[i] == '%' && i + 2 < location.size() &&
                       std::from_chars(&location[i + 1], &location[i + 1] + 2, byte, 16).ec == std::errc();
    folder += coded ? static_cast<char>(byte) : location[i];
    if (coded) i += 2;
  }
  return folder;
}

}  // namespace

Place::Place(ConfigSpot spot) : text_(TextOf(spot)), parts_(std::make_shared<const Parts>(std::move(spot))) {}

Place::Place(RunSpot spot) : text_(TextOf(spot)), parts_(std::make_shared<const Parts>(std::move(spot))) {}

Place::Kind Place::kind() const {
  if (parts_) {
    constexpr Kind kKinds[] = {Kind::kConfig, Kind::kObject, Kind::kRun};
    return kKinds[parts_->index()];
  }
  if (text_.empty()) return Kind::kNone;
  return text_.starts_with('/') || IsUri(text_) ? Kind::kObject : Kind::kOther;
}

const ConfigSpot& Place::config() const {
  LF_CHECK(kind() == Kind::kConfig, "the place is no spot of the configuration");
  return std::get<ConfigSpot>(*parts_);
}

ObjectSpot Place::object() const {
  LF_CHECK(kind() == Kind::kObject, "the place is no object");
  if (parts_) return std::get<ObjectSpot>(*parts_);
  return {.location = text_, .path = {}, .table = {}};
}

const RunSpot& Place::run() const {
  LF_CHECK(kind() == Kind::kRun, "the place is no run");
  return std::get<RunSpot>(*parts_);
}

void Place::LiesIn(const std::string& location, const std::string& table) {
  if (kind() != Kind::kObject) return;
  std::string_view rest;
  if (!IsBelow(text_, location, rest) && !IsBelow(text_, FolderOf(location), rest)) return;
  if (parts_ && object().path.size() <= rest.size()) return;
  parts_ = std::make_shared<const Parts>(ObjectSpot{.location = location, .path = std::string(rest), .table = table});
}

bool operator==(const Place& a, const Place& b) {
  if (a.text_ != b.text_ || a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Place::Kind::kConfig: return a.config() == b.config();
    case Place::Kind::kObject: return a.object() == b.object();
    case Place::Kind::kRun: return a.run() == b.run();
    case Place::Kind::kNone:
    case Place::Kind::kOther: return true;
  }
  return false;
}

std::string_view PlaceKindName(Place::Kind kind) {
  switch (kind) {
    case Place::Kind::kConfig: return "config";
    case Place::Kind::kObject: return "object";
    case Place::Kind::kRun: return "run";
    case Place::Kind::kNone:
    case Place::Kind::kOther: return "other";
  }
  return "other";
}

}  // namespace lakeferry
