#include "storage/azure/credentials/client_certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/digest.h"
#include "json/writer.h"

namespace lakeferry::azure {
namespace {

constexpr std::chrono::minutes kLife(10);
constexpr std::chrono::minutes kClockMayBeAhead(5);
constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

// The first certificate, as DER.
std::optional<std::string> CertificateIn(std::string_view pem) {
  const size_t begin = pem.find(kBegin);
  const size_t end = pem.find(kEnd, std::min(begin, pem.size()));
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
  std::string text(pem.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  auto der = FromBase64(text);
  if (!der || der->empty()) return std::nullopt;
  return der;
}

std::string BytesOfHex(std::string_view hex) {
  std::string bytes;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + at, hex.data() + at + 2, byte, 16);
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

int64_t SecondsOf(TimeMs time) { return ToEpochMs(time) / 1000; }

}  // namespace

Result<ClientCertificate> ClientCertificate::FromPem(const Secret& pem) {
  constexpr std::string_view kRemedy =
      "give a PEM file with both, unencrypted; of a .pfx: openssl pkcs12 -in file.pfx -out file.pem -nodes";
  const auto der = CertificateIn(pem.Reveal());
  if (!der) {
    return Fail(ErrorCode::kInvalidArgument, "there is no certificate in PEM beside the key", {}, std::string(kRemedy));
  }
  auto key = RsaKey::FromPem(pem);
  if (!key) {
    return Fail(ErrorCode::kInvalidArgument, "there is no private RSA key of 2048 bits or more beside the certificate",
                {}, std::string(kRemedy));
  }
  return ClientCertificate(*std::move(key), ToBase64Url(BytesOfHex(Sha256Hex(*der))));
}

std::string ClientCertificate::Assertion(std::string_view client, std::string_view audience, std::string_view id,
                                         TimeMs now) const {
  json::Writer claims(json::Texts::kAsTheyAre);
  claims.Field("aud", audience);
  claims.Field("iss", client);
  claims.Field("sub", client);
  claims.Field("jti", id);
  claims.Field("nbf", SecondsOf(now - kClockMayBeAhead));
  claims.Field("exp", SecondsOf(now + kLife));
  json::Writer head(json::Texts::kAsTheyAre);
  head.Field("alg", std::string_view("RS256"));
  head.Field("typ", std::string_view("JWT"));
  head.Field("x5t#S256", thumbprint_);
  const std::string text = fmt::format("{}.{}", ToBase64Url(head.Finish()), ToBase64Url(claims.Finish()));
  return fmt::format("{}.{}", text, ToBase64Url(key_.Sign(text)));
}

}  // namespace lakeferry::azure
