#include "daemon/commands/table_uri.h"

#include <filesystem>
#include <system_error>

#include "base/location.h"

namespace lakeferry {

Result<std::string> TableUri(const std::string& text) {
  if (text.contains("://") || text.starts_with("file:")) return text;
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(text, error).lexically_normal();
  if (error || text.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the table's place is neither a URI nor a path", text,
                "write file:///folder or a path");
  }
  LF_TRY(const Location folder, Location::OfFolder(path.string()));
  return folder.Print();
}

}  // namespace lakeferry
