#include "storage/gcs/gcs_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/digest.h"
#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry::gcs {
namespace {

constexpr size_t kMetadataBytesMax = size_t{16} << 20;
constexpr std::string_view kWhere = "answer of the store";

std::unexpected<Error> Malformed(Error error) {
  error.code = ErrorCode::kCorruptData;
  return std::unexpected(std::move(error));
}

std::optional<uint32_t> Crc32cFrom(std::string_view text) {
  const auto bytes = FromBase64(text);
  if (!bytes || bytes->size() != sizeof(uint32_t)) return std::nullopt;
  uint32_t number = 0;
  for (const char byte : *bytes) number = (number << 8) | static_cast<unsigned char>(byte);
  return number;
}

std::string TextOr(const json::Fields& fields, std::string_view key) {
  return fields.Has(key) ? fields.String(key).value_or("") : std::string();
}

// Google's numbers of 64 bits are texts.
Result<int64_t> NumberText(const json::Fields& fields, std::string_view key) {
  LF_TRY(const std::string text, fields.String(key));
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 0) return number;
  return Fail(ErrorCode::kCorruptData, fmt::format("{} is no number", key), std::string(kWhere));
}

Result<StoredObject> ObjectOf(const json::Fields& fields) {
  StoredObject object;
  LF_TRY(object.key, fields.String("name"));
  LF_TRY(object.size_bytes, NumberText(fields, "size"));
  LF_TRY(object.generation, fields.String("generation"));
  LF_TRY(const std::string time, fields.String(fields.Has("updated") ? "updated" : "timeCreated"));
  LF_TRY(object.modified, ParseTime(time));
  object.checksums.crc32c = Crc32cFrom(TextOr(fields, "crc32c"));
  // An object that was composed of others has none.
  const auto md5 = FromBase64(TextOr(fields, "md5Hash"));
  if (md5 && md5->size() == 16) object.checksums.md5 = *md5;
  return object;
}

Result<ListResult> ListOf(const json::Fields& fields) {
  ListResult result{.next = TextOr(fields, "nextPageToken")};
  if (fields.Has("prefixes")) {
    LF_TRY(result.prefixes, fields.Strings("prefixes"));
  }
  std::erase_if(result.prefixes, [](const std::string& prefix) { return prefix.empty(); });
  if (!fields.Has("items")) return result;
  LF_TRY(const std::vector<json::Fields> items, fields.Objects("items"));
  result.objects.reserve(items.size());
  for (const json::Fields& item : items) {
    LF_TRY(StoredObject object, ObjectOf(item));
    result.objects.push_back(std::move(object));
  }
  return result;
}

Result<RewriteResult> RewriteOf(const json::Fields& fields) {
  RewriteResult result;
  LF_TRY(result.done, fields.Bool("done"));
  if (!result.done) {
    LF_TRY(result.token, fields.String("rewriteToken"));
  }
  return result;
}

template <typename T>
Result<T> ReadDocument(std::string_view text, Result<T> (*read)(const json::Fields&)) {
  json::Reader reader(kMetadataBytesMax);
  const auto fields = reader.Read(text, kWhere, kWhere);
  if (!fields) return Malformed(fields.error());
  Result<T> result = read(*fields);
  if (!result) return Malformed(result.error());
  return result;
}

Result<Fault> FaultOf(const json::Fields& fields) {
  LF_TRY(const json::Fields error, fields.Object("error"));
  Fault fault{.reason = {}, .message = TextOr(error, "message")};
  const auto errors = error.Has("errors") ? error.Objects("errors") : Result<std::vector<json::Fields>>();
  if (errors && !errors->empty()) fault.reason = TextOr(errors->front(), "reason");
  return fault;
}

}  // namespace

Result<StoredObject> ReadObject(std::string_view json) { return ReadDocument<StoredObject>(json, ObjectOf); }

Result<ListResult> ReadList(std::string_view json) { return ReadDocument<ListResult>(json, ListOf); }

Result<RewriteResult> ReadRewrite(std::string_view json) { return ReadDocument<RewriteResult>(json, RewriteOf); }

Fault ReadFault(std::string_view text) {
  auto fault = ReadDocument<Fault>(text, FaultOf);
  if (fault) return *std::move(fault);
  constexpr size_t kLineBytesMax = 300;
  const bool page = text.starts_with('<') || text.contains('\n') || text.size() > kLineBytesMax;
  return {.reason = {}, .message = page ? std::string() : std::string(text)};
}

std::string ChecksumText(uint32_t crc32c) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(crc32c >> shift));
  return ToBase64(bytes);
}

std::optional<uint32_t> ChecksumOf(const Headers& headers) {
  constexpr std::string_view kName = "crc32c=";
  for (const auto& [name, value] : headers) {
    // One header with both, or one for each.
    if (!std::ranges::equal(name, std::string_view("x-goog-hash"),
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; })) {
      continue;
    }
    const size_t at = value.find(kName);
    if (at == std::string::npos) continue;
    const std::string_view rest = std::string_view(value).substr(at + kName.size());
    return Crc32cFrom(rest.substr(0, rest.find(',')));
  }
  return std::nullopt;
}

std::string WriteObject(const std::string& key) {
  json::Writer writer(json::Texts::kAsTheyAre);
  writer.Field("name", key);
  writer.Field("contentType", "application/octet-stream");
  return writer.Finish();
}

UploadBody MakeUploadBody(const std::string& key, std::string_view bytes, uint32_t crc32c) {
  // What parts the body is nothing that stands in the bytes.
  std::string boundary = fmt::format("lakeferry-{}", Hex64(Crc64Of(bytes)));
  while (bytes.contains(boundary)) boundary = fmt::format("lakeferry-{}", Hex64(Crc64Of(boundary)));
  json::Writer writer(json::Texts::kAsTheyAre);
  writer.Field("name", key);
  writer.Field("contentType", "application/octet-stream");
  writer.Field("crc32c", ChecksumText(crc32c));
  UploadBody body{.content_type = fmt::format("multipart/related; boundary={}", boundary), .bytes = {}};
  const std::string head = fmt::format(
      "--{0}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{1}\r\n--{0}\r\n"
      "Content-Type: application/octet-stream\r\n\r\n",
      boundary, writer.Finish());
  const std::string tail = fmt::format("\r\n--{}--\r\n", boundary);
  body.bytes.reserve(head.size() + bytes.size() + tail.size());
  body.bytes.append(head).append(bytes).append(tail);
  return body;
}

}  // namespace lakeferry::gcs
