// Shelf: the buckets, their objects and their uploads, and what may be done to them on which condition.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "bench/store/content.h"
#include "bench/store/refusal.h"
#include "http/message.h"

namespace lakeferry::bench {

// Never changed once it is on the shelf.
struct Object {
  Content content;
  uint64_t crc64 = 0;
  std::string etag;
  Headers kept = {};  // Content-Type and x-amz-meta-…
  TimeMs modified = {};
};
using ObjectRef = std::shared_ptr<const Object>;
using Objects = std::map<std::string, ObjectRef>;

struct Part {
  Content content;
  uint64_t crc64 = 0;
  std::string etag;
};

// What a completion names.
struct NamedPart {
  int number = 0;
  std::string etag;
  std::string crc64;  // as a header has it; empty: not said
};
struct Completion {
  std::vector<NamedPart> parts;
  std::optional<std::string> crc64 = {};  // of the whole
  std::optional<int64_t> size = {};
};

// On which a write takes place.
struct Conditions {
  bool absent = false;
  std::optional<std::string> etag = {};
};

// Any thread.
class Shelf {
 public:
  void MakeBucket(const std::string& bucket);
  [[nodiscard]] std::vector<std::string> Buckets() const;
  [[nodiscard]] Answer<bool> HasBucket(const std::string& bucket) const;

  [[nodiscard]] Answer<ObjectRef> Find(const std::string& bucket, const std::string& key) const;
  // NoSuchBucket, PreconditionFailed; NoSuchKey where another's etag is asked for and nothing is there.
  Answer<bool> Put(const std::string& bucket, const std::string& key, ObjectRef object, const Conditions& conditions);
  Answer<bool> Delete(const std::string& bucket, const std::string& key, const Conditions& conditions);
  // Looks at the objects of a bucket while nobody changes them.
  template <typename Look>
  Answer<bool> Walk(const std::string& bucket, Look look) const {
    const std::lock_guard lock(mutex_);
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end()) return NoBucket();
    look(found->second);
    return true;
  }

  // The id of the upload.
  Answer<std::string> Begin(const std::string& bucket, const std::string& key, Headers kept);
  Answer<bool> PutPart(const std::string& id, const std::string& key, int number, Part part);
  Answer<bool> Abort(const std::string& id, const std::string& key);
  [[nodiscard]] Answer<std::map<int, Part>> Parts(const std::string& id, const std::string& key) const;
  // Key and id of each.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> Uploads(const std::string& bucket) const;
  Answer<ObjectRef> Complete(const std::string& id, const std::string& key, const Completion& completion,
                             const Conditions& conditions);

  // Another one each time.
  [[nodiscard]] std::string NewEtag(uint64_t crc64);

 private:
  struct Upload {
    std::string bucket;
    std::string key;
    Headers kept;
    std::map<int, Part> parts = {};
  };
  static std::unexpected<Refusal> NoBucket();
  Answer<bool> PutLocked(const std::string& bucket, const std::string& key, ObjectRef object,
                         const Conditions& conditions);
  [[nodiscard]] Answer<const Upload*> FindUpload(const std::string& id, const std::string& key) const;
  static Answer<Object> Assemble(const Upload& upload, const Completion& completion);

  mutable std::mutex mutex_;
  std::map<std::string, Objects> buckets_;
  std::map<std::string, Upload> uploads_;
  uint64_t serial_ = 0;
};

[[nodiscard]] TimeMs Now();

}  // namespace lakeferry::bench
