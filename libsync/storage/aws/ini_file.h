// IniFile: the format of AWS's shared files (~/.aws/config, ~/.aws/credentials): sections of properties, of which one
// may hold others below it. Pure. Values are views of a secret text, which this keeps.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace lakeferry::aws {

class IniFile {
 public:
  IniFile() = default;
  // As AWS's tools read it: lines that begin with '#' or ';' are comments, names of properties have no case, '=' or ':'
  // parts them from their values, an indented line belongs to the property above. A section that is there twice is one,
  // of a property that is there twice the last counts. kInvalidArgument with the number of a line that is none of
  // these, and nothing of what stands there.
  [[nodiscard]] static Result<IniFile> Parse(Secret text, std::string_view where);

  [[nodiscard]] bool Has(std::string_view section) const { return sections_.contains(section); }
  // Absent where there is none, or an empty one.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view section, std::string_view property) const;
  // Of a property below another: `s3 =` and, indented, `endpoint_url = …`.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view section, std::string_view property,
                                                     std::string_view below) const;

 private:
  using Section = std::map<std::string, std::string_view, std::less<>>;  // "s3.endpoint_url" for what is below another

  Secret text_;
  // The name between the brackets, with one blank in place of several and without the quotes of its second word.
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace lakeferry::aws
