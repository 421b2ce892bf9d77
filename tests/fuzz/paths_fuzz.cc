// Paths of actions; what follows the first line end is the table's URI and then a deletion vector's text.
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

using namespace delta;

void CheckObject(const ObjectPath& object) {
  const std::string text = object.text();
  LF_CHECK(!text.empty() && text.front() != '/' && text.back() != '/', "an object lies below its root");
  LF_CHECK(("/" + text + "/").find("/../") == std::string::npos, "no object leaves its root");
}

}  // namespace

void Try(std::string_view input) {
  const std::string_view path = input.substr(0, input.find('\n'));
  const std::string_view rest = path.size() < input.size() ? input.substr(path.size() + 1) : std::string_view();
  const std::string_view uri = rest.substr(0, rest.find('\n'));
  if (const auto normal = NormalisePath(path)) {
    const auto again = NormalisePath(*normal);
    LF_CHECK(again.has_value() && *again == *normal, "a normalised path is its own normal form");
    LF_CHECK(IsAbsolutePath(path) == IsAbsolutePath(*normal), "normalising keeps absolute what is absolute");
  }
  if (const auto object = ResolveInTable(path, uri)) {
    CheckObject(*object);
    const auto again = ResolveInTable(EncodeForLog(*object), uri);
    LF_CHECK(again.has_value() && *again == *object, "an encoded path names the same object");
  }
  const DeletionVector dv{.storage_type = "u", .path_or_inline_dv = std::string(rest)};
  if (const auto object = ObjectOf(dv)) CheckObject(**object);
  static_cast<void>(FileKey(path, dv));
}

}  // namespace lakeferry::fuzz
