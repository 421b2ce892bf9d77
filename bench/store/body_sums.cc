#include "bench/store/body_sums.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <map>
#include <optional>

#include "base/base64.h"
#include "base/hex.h"
#include "storage/s3/checksum_text.h"

namespace lakeferry::bench {
namespace {

constexpr std::array<std::string_view, 4> kNames{"x-amz-checksum-crc64nvme", "x-amz-checksum-crc32",
                                                 "x-amz-checksum-crc32c", "x-amz-checksum-sha256"};

class Digest {
 public:
  explicit Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), kind, nullptr);
  }
  void Update(std::span<const char> piece) { EVP_DigestUpdate(context_.get(), piece.data(), piece.size()); }
  std::string Finish() {
    std::string bytes(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
    bytes.resize(size);
    return bytes;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

std::string Text32(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return ToBase64(bytes);
}

bool IsSha256(std::string_view payload) { return payload.size() == 64; }

}  // namespace

struct BodySums::Digests {
  std::map<std::string, std::string, std::less<>> said;  // by the header's name
  bool crc32 = false;
  bool crc32c = false;
  std::optional<Digest> md5;
  std::optional<Digest> sha256;
  std::string payload;  // SHA-256 in hex; empty: not signed
  std::string content_md5;
};

BodySums::BodySums() : digests_(std::make_unique<Digests>()) {}
BodySums::BodySums(BodySums&&) noexcept = default;
BodySums& BodySums::operator=(BodySums&&) noexcept = default;
BodySums::~BodySums() = default;

Answer<BodySums> BodySums::For(const Request& request) {
  BodySums sums;
  Digests& digests = *sums.digests_;
  const std::string trailer = request.HeaderOr("x-amz-trailer", "");
  if (request.Header("x-amz-checksum-sha1") || trailer == "x-amz-checksum-sha1") {
    return Refuse(501, "NotImplemented", "this store takes no SHA-1");
  }
  for (const std::string_view name : kNames) {
    if (const auto said = request.Header(name)) digests.said.emplace(name, *said);
  }
  const auto wanted = [&](std::string_view name) { return digests.said.contains(name) || trailer == name; };
  digests.crc32 = wanted("x-amz-checksum-crc32");
  digests.crc32c = wanted("x-amz-checksum-crc32c");
  const std::string payload = request.HeaderOr("x-amz-content-sha256", "");
  if (IsSha256(payload)) digests.payload = payload;
  if (IsSha256(payload) || wanted("x-amz-checksum-sha256")) digests.sha256.emplace(EVP_sha256());
  digests.content_md5 = request.HeaderOr("Content-MD5", "");
  if (!digests.content_md5.empty()) digests.md5.emplace(EVP_md5());
  return sums;
}

void BodySums::Update(std::span<const char> piece) {
  crc64_.Update(piece);
  if (digests_->crc32c) crc32c_.Update(piece);
  if (digests_->crc32) {
    crc32_ = static_cast<uint32_t>(crc32_z(crc32_, reinterpret_cast<const Bytef*>(piece.data()), piece.size()));
  }
  if (digests_->md5) digests_->md5->Update(piece);
  if (digests_->sha256) digests_->sha256->Update(piece);
}

void BodySums::TakeTrailer(std::string_view name, std::string_view value) {
  for (const std::string_view known : kNames) {
    if (known == name) digests_->said.insert_or_assign(std::string(name), std::string(value));
  }
}

bool BodySums::said() const { return !digests_->said.empty() || digests_->md5; }

Answer<bool> BodySums::Check() {
  const std::string sha256 = digests_->sha256 ? digests_->sha256->Finish() : std::string();
  const std::array<std::string, 4> found{s3::ChecksumText(crc64()), Text32(crc32_), Text32(crc32c_.value()),
                                         ToBase64(sha256)};
  for (size_t i = 0; i < kNames.size(); ++i) {
    const auto said = digests_->said.find(kNames[i]);
    if (said != digests_->said.end() && said->second != found[i]) {
      return Refuse(400, "BadDigest", "the checksum is not that of what came");
    }
  }
  if (digests_->md5 && ToBase64(digests_->md5->Finish()) != digests_->content_md5) return Refuse(400, "BadDigest");
  if (!digests_->payload.empty() &&
      LowerHex({reinterpret_cast<const unsigned char*>(sha256.data()), sha256.size()}) != digests_->payload) {
    return Refuse(400, "XAmzContentSHA256Mismatch");
  }
  return true;
}

}  // namespace lakeferry::bench
