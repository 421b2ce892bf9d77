// json::Parser: simdjson's parser of whole documents, within bounds of length and depth. For those who walk its tree
// themselves, as the reader of commits does; everybody else reads by json/reader.h, which shows no simdjson.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string_view>

#include "json/limits.h"

namespace lakeferry::json {

class Parser {
 public:
  // Longer and deeper documents are refused. Memory grows with what is parsed, and serves again.
  explicit Parser(size_t bytes_max, size_t depth_max = kDepthMax) : bytes_max_(bytes_max), depth_max_(depth_max) {}

  // The one value that `text` is, which lasts as long as the parser and until its next call; `text` need not.
  // `readable`: how many bytes behind the text may be read, though nothing is made of them. simdjson wants some, and
  // copies a text that has fewer.
  simdjson::error_code Parse(std::string_view text, simdjson::dom::element& value, size_t readable = 0);

 private:
  size_t bytes_max_;
  size_t depth_max_;
  simdjson::dom::parser parser_;
};

}  // namespace lakeferry::json
