#include "bench/store/shelf.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/crc64.h"
#include "storage/s3/checksum_text.h"

namespace lakeferry::bench {
namespace {

constexpr int64_t kPartBytesMin = int64_t{5} << 20;

Answer<bool> Check(const Objects& objects, const std::string& key, const Conditions& conditions) {
  const auto found = objects.find(key);
  const bool there = found != objects.end();
  if (conditions.absent && there) return Refuse(412, "PreconditionFailed", "there is an object");
  if (!conditions.etag) return true;
  if (!there) return Refuse(404, "NoSuchKey");
  if (*conditions.etag != "*" && found->second->etag != *conditions.etag) {
    return Refuse(412, "PreconditionFailed", "another object is there");
  }
  return true;
}

}  // namespace

TimeMs Now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

std::unexpected<Refusal> Shelf::NoBucket() { return Refuse(404, "NoSuchBucket", "there is no such bucket"); }

void Shelf::MakeBucket(const std::string& bucket) {
  const std::lock_guard lock(mutex_);
  buckets_.try_emplace(bucket);
}

std::vector<std::string> Shelf::Buckets() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, objects] : buckets_) names.push_back(name);
  return names;
}

Answer<bool> Shelf::HasBucket(const std::string& bucket) const {
  const std::lock_guard lock(mutex_);
  if (!buckets_.contains(bucket)) return NoBucket();
  return true;
}

Answer<ObjectRef> Shelf::Find(const std::string& bucket, const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto objects = buckets_.find(bucket);
  if (objects == buckets_.end()) return NoBucket();
  const auto found = objects->second.find(key);
  if (found == objects->second.end()) return Refuse(404, "NoSuchKey", "there is no such object");
  return found->second;
}

Answer<bool> Shelf::PutLocked(const std::string& bucket, const std::string& key, ObjectRef object,
                              const Conditions& conditions) {
  const auto objects = buckets_.find(bucket);
  if (objects == buckets_.end()) return NoBucket();
  BENCH_TRY_OK(Check(objects->second, key, conditions));
  objects->second.insert_or_assign(key, std::move(object));
  return true;
}

Answer<bool> Shelf::Put(const std::string& bucket, const std::string& key, ObjectRef object,
                        const Conditions& conditions) {
  const std::lock_guard lock(mutex_);
  return PutLocked(bucket, key, std::move(object), conditions);
}

Answer<bool> Shelf::Delete(const std::string& bucket, const std::string& key, const Conditions& conditions) {
  const std::lock_guard lock(mutex_);
  const auto objects = buckets_.find(bucket);
  if (objects == buckets_.end()) return NoBucket();
  BENCH_TRY_OK(Check(objects->second, key, conditions));
  objects->second.erase(key);
  return true;
}

Answer<std::string> Shelf::Begin(const std::string& bucket, const std::string& key, Headers kept) {
  const std::lock_guard lock(mutex_);
  if (!buckets_.contains(bucket)) return NoBucket();
  std::string id = fmt::format("upload-{:08x}", ++serial_);
  uploads_.emplace(id, Upload{.bucket = bucket, .key = key, .kept = std::move(kept)});
  return id;
}

Answer<const Shelf::Upload*> Shelf::FindUpload(const std::string& id, const std::string& key) const {
  const auto found = uploads_.find(id);
  if (found == uploads_.end() || found->second.key != key) return Refuse(404, "NoSuchUpload");
  return &found->second;
}

Answer<bool> Shelf::PutPart(const std::string& id, const std::string& key, int number, Part part) {
  const std::lock_guard lock(mutex_);
  BENCH_TRY_OK(FindUpload(id, key));
  uploads_.at(id).parts.insert_or_assign(number, std::move(part));
  return true;
}

Answer<bool> Shelf::Abort(const std::string& id, const std::string& key) {
  const std::lock_guard lock(mutex_);
  BENCH_TRY_OK(FindUpload(id, key));
  uploads_.erase(id);
  return true;
}

Answer<std::map<int, Part>> Shelf::Parts(const std::string& id, const std::string& key) const {
  const std::lock_guard lock(mutex_);
  BENCH_TRY(const Upload* upload, FindUpload(id, key));
  return upload->parts;
}

std::vector<std::pair<std::string, std::string>> Shelf::Uploads(const std::string& bucket) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [id, upload] : uploads_) {
    if (upload.bucket == bucket) found.emplace_back(upload.key, id);
  }
  return found;
}

Answer<Object> Shelf::Assemble(const Upload& upload, const Completion& completion) {
  Object object{.content = {}, .crc64 = Crc64().value(), .etag = {}, .kept = upload.kept};
  if (completion.parts.empty()) return Refuse(400, "MalformedXML", "an upload has a part");
  int last = 0;
  for (const NamedPart& named : completion.parts) {
    if (named.number <= last) return Refuse(400, "InvalidPartOrder");
    last = named.number;
    const auto part = upload.parts.find(named.number);
    if (part == upload.parts.end() || part->second.etag != named.etag) return Refuse(400, "InvalidPart");
    const auto& [content, crc64, etag] = part->second;
    if (!named.crc64.empty() && named.crc64 != s3::ChecksumText(crc64)) return Refuse(400, "InvalidPart");
    const bool ends = &named == &completion.parts.back();
    if (!ends && content.size() < kPartBytesMin) return Refuse(400, "EntityTooSmall");
    object.crc64 = Crc64OfBoth(object.crc64, crc64, static_cast<uint64_t>(content.size()));
    object.content.Append(content);
  }
  if (completion.crc64 && *completion.crc64 != s3::ChecksumText(object.crc64)) return Refuse(400, "BadDigest");
  if (completion.size && *completion.size != object.content.size()) return Refuse(400, "InvalidRequest");
  return object;
}

Answer<ObjectRef> Shelf::Complete(const std::string& id, const std::string& key, const Completion& completion,
                                  const Conditions& conditions) {
  const std::lock_guard lock(mutex_);
  BENCH_TRY(const Upload* upload, FindUpload(id, key));
  BENCH_TRY(Object object, Assemble(*upload, completion));
  object.modified = Now();
  object.etag = fmt::format("\"{:016x}{:08x}-{}\"", object.crc64, ++serial_, completion.parts.size());
  ObjectRef made = std::make_shared<const Object>(std::move(object));
  BENCH_TRY_OK(PutLocked(upload->bucket, key, made, conditions));
  uploads_.erase(id);
  return made;
}

std::string Shelf::NewEtag(uint64_t crc64) {
  const std::lock_guard lock(mutex_);
  return fmt::format("\"{:016x}{:08x}-0\"", crc64, ++serial_);
}

}  // namespace lakeferry::bench
