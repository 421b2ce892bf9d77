#include "storage/aws/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "base/hex.h"
#include "storage/aws/canonical_request.h"

namespace lakeferry::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kEnd = "aws4_request";

// "20150830T123600Z".
std::string BasicTime(TimeMs time) {
  const std::string text = FormatUtc(time);  // 2015-08-30T12:36:00.000Z
  std::string basic;
  for (const char c : std::string_view(text).substr(0, 19)) {
    if (c != '-' && c != ':') basic += c;
  }
  return basic + 'Z';
}

std::string_view DayOf(std::string_view basic_time) { return basic_time.substr(0, 8); }

std::string SigningKeyOf(const Secret& secret_key, std::string_view day, std::string_view region,
                         std::string_view service) {
  const std::string_view bytes = secret_key.Reveal();
  const Secret first = Secret::Filled(bytes.size() + 4, [bytes](std::span<char> room) {
    std::ranges::copy(bytes, std::ranges::copy(std::string_view("AWS4"), room.begin()).out);
    return room.size();
  });
  const HmacSha256::Digest of_day = HmacSha256(first.Reveal()).Of(day);
  const HmacSha256::Digest of_region = HmacSha256(BytesOf(of_day)).Of(region);
  const HmacSha256::Digest of_service = HmacSha256(BytesOf(of_region)).Of(service);
  return std::string(BytesOf(HmacSha256(BytesOf(of_service)).Of(kEnd)));
}

}  // namespace

Signer::Signer(std::string region, std::string service)
    : region_(std::move(region)), service_(std::move(service)), as_sent_(service_ == "s3") {}

HmacSha256& Signer::KeyOf(const Credentials& credentials, std::string_view day) {
  if (!key_ || key_->day != day || key_->access_key_id != credentials.access_key_id ||
      key_->secret_key.Reveal() != credentials.secret_key.Reveal()) {
    const Secret key(SigningKeyOf(credentials.secret_key, day, region_, service_));
    key_.emplace(std::string(day), credentials.access_key_id, credentials.secret_key, HmacSha256(key.Reveal()));
  }
  return key_->hmac;
}

std::string Signer::Scope(std::string_view day) const {
  return fmt::format("{}/{}/{}/{}", day, region_, service_, kEnd);
}

std::string Signer::SignatureOf(std::string_view canonical_request, const Credentials& credentials,
                                std::string_view time) {
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, Scope(DayOf(time)), Sha256Hex(canonical_request));
  return LowerHex(KeyOf(credentials, DayOf(time)).Of(text));
}

void Signer::Sign(HttpRequest& request, const Credentials& credentials, TimeMs now, std::string_view payload_hash) {
  if (as_sent_) request.headers.Set("x-amz-content-sha256", std::string(payload_hash));
  if (credentials.anonymous()) return;
  const std::string time = BasicTime(now);
  request.headers.Set("x-amz-date", time);
  if (!credentials.session_token.empty()) {
    request.headers.Set("x-amz-security-token", std::string(credentials.session_token.Reveal()));
  }
  const CanonicalRequest canonical = MakeCanonicalRequest(request, as_sent_, payload_hash);
  const std::string signature = SignatureOf(canonical.text, credentials, time);
  request.headers.Set("Authorization",
                      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                  credentials.access_key_id, Scope(DayOf(time)), canonical.signed_headers, signature));
}

void Signer::Presign(HttpRequest& request, const Credentials& credentials, TimeMs now, Millis duration) {
  constexpr std::chrono::seconds kLongest = std::chrono::weeks(1);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  LF_CHECK(seconds.count() > 0 && seconds <= kLongest, "a presigned request is good for a second to a week");
  if (credentials.anonymous()) return;
  const std::string time = BasicTime(now);
  std::string& target = request.target;
  target += target.contains('?') ? '&' : '?';
  target += fmt::format("X-Amz-Algorithm={}&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}&X-Amz-SignedHeaders={}",
                        kAlgorithm, PercentEncode(credentials.access_key_id + "/" + Scope(DayOf(time))), time,
                        seconds.count(), PercentEncode(SignedHeaders(request)));
  if (!credentials.session_token.empty()) {
    target += "&X-Amz-Security-Token=" + PercentEncode(credentials.session_token.Reveal());
  }
  const CanonicalRequest canonical =
      MakeCanonicalRequest(request, as_sent_, as_sent_ ? kUnsignedPayload : kEmptyPayload);
  target += "&X-Amz-Signature=" + SignatureOf(canonical.text, credentials, time);
}

}  // namespace lakeferry::aws
