// What the Blob service says and takes as XML. Pure. Entities that a document defines by itself are never resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::azure {

struct ListedBlob {
  std::string key;
  int64_t size_bytes = 0;
  TimeMs modified;
  std::string etag;  // in quotes, as a request has it
  // An entry of a hierarchical namespace, or what Hadoop's driver leaves for a folder: no object.
  bool is_folder = false;
};

// List Blobs.
struct ListResult {
  std::vector<ListedBlob> blobs;
  std::vector<std::string> prefixes;  // each with the '/' at its end
  std::string next;                   // marker; empty on the last page
  bool hierarchical = false;          // an entry has a kind, as those of a hierarchical namespace have alone
};
// kCorruptData for what is no such answer.
[[nodiscard]] Result<ListResult> ReadList(std::string_view xml);

// What an <Error> says; empty where the text is none, as with a proxy's page.
struct Fault {
  std::string code;
  std::string message;
};
[[nodiscard]] Fault ReadFault(std::string_view xml);

// Get Block List: those that are of no blob yet.
struct LooseBlock {
  std::string id;  // as a request names it
  int64_t size_bytes = 0;
};
// kCorruptData for what is no such answer.
[[nodiscard]] Result<std::vector<LooseBlock>> ReadLooseBlocks(std::string_view xml);

// Put Block List: what was uploaded last under each id, in this order.
[[nodiscard]] std::string WriteBlockList(const std::vector<std::string>& ids);

}  // namespace lakeferry::azure
