// Utf8Check: whether a text is UTF-8 that comes in pieces, cut anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lakeferry::json {

class Utf8Check {
 public:
  void Read(std::string_view piece);
  // After the last piece: whether all of them together are UTF-8.
  [[nodiscard]] bool Finish();

 private:
  void Judge(bool now);

  std::string rest_;  // of a character that began in an earlier piece
  bool good_ = true;
};

}  // namespace lakeferry::json
