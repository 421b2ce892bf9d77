#include "base/object_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/check.h"

namespace lakeferry {
namespace {

Status CheckSegment(std::string_view segment, std::string_view whole) {
  if (segment.empty()) return Fail(ErrorCode::kInvalidArgument, "path has an empty segment", std::string(whole));
  if (segment == "." || segment == "..") {
    return Fail(ErrorCode::kInvalidArgument, "path leaves its root with a '.' or '..' segment", std::string(whole));
  }
  return {};
}

}  // namespace

Result<ObjectPath> ObjectPath::Make(std::string_view text) {
  if (text.empty()) return ObjectPath();
  if (text.size() > kObjectPathBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("path is longer than {} bytes", kObjectPathBytesMax),
                std::string(text.substr(0, 80)));
  }
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return Fail(ErrorCode::kInvalidArgument, "path has a control character", EncodeSegment(text));
    }
  }
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('/', begin), text.size());
    LF_TRY_OK(CheckSegment(text.substr(begin, end - begin), text));
    begin = end + 1;
  }
  return ObjectPath(std::string(text));
}

ObjectPath ObjectPath::Of(std::string_view text) {
  auto path = Make(text);
  LF_CHECK(path.has_value(), "a path built by the program is valid");
  return *std::move(path);
}

std::string_view ObjectPath::name() const {
  const size_t slash = text_.rfind('/');
  return slash == std::string::npos ? std::string_view(text_) : std::string_view(text_).substr(slash + 1);
}

ObjectPath ObjectPath::parent() const {
  const size_t slash = text_.rfind('/');
  return slash == std::string::npos ? ObjectPath() : ObjectPath(text_.substr(0, slash));
}

ObjectPath ObjectPath::operator/(const ObjectPath& rest) const {
  if (text_.empty()) return rest;
  if (rest.text_.empty()) return *this;
  return ObjectPath(text_ + "/" + rest.text_);
}

bool ObjectPath::IsBelow(const ObjectPath& folder) const {
  if (folder.text_.empty() || text_ == folder.text_) return true;
  return text_.size() > folder.text_.size() && text_.starts_with(folder.text_) && text_[folder.text_.size()] == '/';
}

std::string EncodeSegment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    if (plain && !(c == '.' && out.empty())) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace lakeferry
