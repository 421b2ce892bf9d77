// FrontObject: an open object whose first bytes came with what tells of it, by one request; and how such an answer is
// read (RFC 9110, 14.4 and 15.3.7).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "env/object_store.h"
#include "http/message.h"

namespace lakeferry {

// What an answer to a request for the first bytes of an object says.
struct ObjectFront {
  ObjectInfo info;  // without checksums
  std::string bytes;
};
// Absent where the answer is not just that: an error, the whole of an object that is longer, or one that does not say
// size, time and ETag.
[[nodiscard]] std::optional<ObjectFront> FrontOf(const ObjectPath& path, const HttpReply& reply, std::string bytes);

class FrontObject final : public OpenObject {
 public:
  // `rest`: the object, of which `front` are the first bytes.
  FrontObject(std::unique_ptr<OpenObject> rest, std::string front) : rest_(std::move(rest)), front_(std::move(front)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return rest_->info(); }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override;
  [[nodiscard]] ObjectAddress address() const override { return rest_->address(); }
  [[nodiscard]] const RandomAccess* local() const override { return rest_->local(); }

 private:
  const std::unique_ptr<OpenObject> rest_;
  const std::string front_;
};

}  // namespace lakeferry
