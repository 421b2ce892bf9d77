// Requests to a container of Azure Blob Storage and what they come to, as values.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "storage/azure/azure_xml.h"
#include "storage/cloud/request_course.h"

namespace lakeferry::azure {

class AzureClient;

struct AzureRequest {
  Method method = Method::kGet;
  std::string blob = {};   // empty: the container itself
  std::string place = {};  // instead of it "/container/blob", elsewhere in the account
  std::vector<std::pair<std::string, std::string>> query = {};
  Headers headers = {};
  std::span<const char> body = {};
  // A write on condition, of which a second attempt could not tell whether the first was done: where that is not known,
  // it is answered with kOutcomeUnknown.
  bool conditional = false;
  // What is broken off is taken up where it broke.
  std::optional<ByteRange> range = {};
  // "/container/blob" of the account, to be copied from there: the client names it and proves that we may read it.
  std::string copy_from = {};
  // Whose account that is, and as whom it may be read; null: the client's own.
  std::shared_ptr<const AzureClient> copy_as = {};
};

struct AzureReply {
  HttpReply http;
  Fault fault = {};  // of one that is no success

  [[nodiscard]] bool ok() const { return http.ok(); }
};

}  // namespace lakeferry::azure
