#include "delta/live_set.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/reused_name.h"

namespace lakeferry::delta {
namespace {

// Told apart from any other use of the hash, and from another idea of what makes a file.
constexpr std::string_view kDomain = "lakeferry live file 1";

void PutNumber(std::string& out, uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

// Each text with its length before it, so that no two files have one element.
void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}

Result<std::string> ElementOf(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size) {
  std::string made;
  LF_TRY(std::string_view normal, NormalPath(path, made));
  normal = NameBeforeReuse(normal).value_or(normal);
  std::string element;
  element.reserve(kDomain.size() + normal.size() + 128);
  element += kDomain;
  PutText(element, normal);
  element += vector ? '\1' : '\0';
  if (vector) PutText(element, UniqueId(*vector));
  PutNumber(element, static_cast<uint64_t>(size));
  return element;
}

}  // namespace

void LiveSet::Count(int64_t files, int64_t size) {
  files_ += files;
  // A log may tell of sizes that no store holds: their sum is one of the same bits.
  bytes_ =
      static_cast<int64_t>(static_cast<uint64_t>(bytes_) + static_cast<uint64_t>(files) * static_cast<uint64_t>(size));
}

Status LiveSet::Add(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size) {
  LF_TRY(const std::string element, ElementOf(path, vector, size));
  hash_.Add(element);
  Count(1, size);
  return {};
}

Status LiveSet::Remove(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size) {
  LF_TRY(const std::string element, ElementOf(path, vector, size));
  hash_.Subtract(element);
  Count(-1, size);
  return {};
}

std::optional<LiveSet> LiveSet::Of(int64_t files, int64_t bytes, std::string_view base64) {
  std::optional<LatticeHash> hash = LatticeHash::FromBase64(base64);
  if (!hash) return std::nullopt;
  LiveSet set;
  set.files_ = files;
  set.bytes_ = bytes;
  set.hash_ = *std::move(hash);
  return set;
}

std::string LiveSet::Fingerprint() const {
  return Sha256Hex(fmt::format("{} {} {}", files_, bytes_, hash_.ToBase64()));
}

std::string ToString(const LiveSet& set) {
  return fmt::format("{} files of {} bytes (live set {})", set.files(), set.bytes(), set.Fingerprint().substr(0, 12));
}

}  // namespace lakeferry::delta
