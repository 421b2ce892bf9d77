// AccessPoint: a name of its own under which a bucket of S3 is reached, as its ARN says it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakeferry {

// "arn:aws:s3:eu-west-1:123456789012:accesspoint/name".
struct AccessPoint {
  std::string partition;  // "aws", "aws-cn", "aws-us-gov"
  std::string region;
  std::string account;  // 12 digits
  std::string name;

  bool operator==(const AccessPoint&) const = default;
};

// Absent for what is none of S3's: those of several regions, of Outposts and of Lambda too, which are spoken to in
// another way.
[[nodiscard]] std::optional<AccessPoint> ReadAccessPoint(std::string_view arn);
// How much of `text` is an ARN at its beginning, up to the '/' behind the access point's name; 0 where it begins with
// none.
[[nodiscard]] size_t ArnLength(std::string_view text);

}  // namespace lakeferry
