// Whether a store's word is enough for what an object holds.
#pragma once

#include "env/object_store.h"
#include "plan/document/manifest.h"

namespace lakeferry::engine {

// A service that compared the checksum of the whole object as it came need not be asked for the bytes. It is no match
// for whoever forges: where staging is signed, SHA-256 decides, which no service keeps.
[[nodiscard]] inline bool Vouches(const ObjectStore& store, const ObjectInfo& info, const plan::StagedFile& file) {
  const bool same = info.checksums.crc64 == file.crc64 || (!file.etag.empty() && info.etag == file.etag);
  return store.traits().far && file.sha256.empty() && info.size_bytes == file.size && same;
}

}  // namespace lakeferry::engine
