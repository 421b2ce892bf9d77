// Requests to a bucket and what they come to, as values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "storage/cloud/request_course.h"
#include "storage/gcs/gcs_json.h"

namespace lakeferry::gcs {

struct GcsRequest {
  Method method = Method::kGet;
  std::string path = {};  // percent-encoded
  std::vector<std::pair<std::string, std::string>> query = {};
  Headers headers = {};
  std::span<const char> body = {};
  // A write on condition, of which a second attempt could not tell whether the first was done: where that is not known,
  // it is answered with kOutcomeUnknown.
  bool conditional = false;
  // What comes of one attempt is the caller's to judge.
  bool once = false;
  // What is broken off is taken up where it broke.
  std::optional<ByteRange> range = {};
};

struct GcsReply {
  HttpReply http;
  Fault fault = {};  // of one that is no success

  [[nodiscard]] bool ok() const { return http.ok(); }
};

}  // namespace lakeferry::gcs
