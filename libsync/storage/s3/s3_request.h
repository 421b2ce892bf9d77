// Requests to a bucket and what they come to, as values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "storage/cloud/request_course.h"
#include "storage/s3/s3_xml.h"

namespace lakeferry::s3 {

struct S3Request {
  Method method = Method::kGet;
  std::string key = {};  // empty: the bucket itself
  std::vector<std::pair<std::string, std::string>> query = {};
  Headers headers = {};
  std::span<const char> body = {};
  // A write on condition, of which a second attempt could not tell whether the first was done: where that is not known,
  // it is answered with kOutcomeUnknown.
  bool conditional = false;
  // What is broken off is taken up where it broke.
  std::optional<ByteRange> range = {};
};

struct S3Reply {
  HttpReply http;
  Fault fault = {};  // of one that is no success

  [[nodiscard]] bool ok() const { return http.ok(); }
};

}  // namespace lakeferry::s3
