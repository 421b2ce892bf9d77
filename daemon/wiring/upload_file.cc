#include "daemon/wiring/upload_file.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "daemon/wiring/side_file.h"
#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

constexpr size_t kUploadsBytesMax = size_t{1} << 20;
// More than are ever under way at once.
constexpr size_t kUploadsMax = 500;
// As long as the service keeps them.
constexpr Millis kUploadKept = std::chrono::days(7);

Result<std::pair<std::string, KeptUpload>> ReadUpload(const json::Fields& fields) {
  LF_TRY(std::string object, fields.String("object"));
  LF_TRY(std::string session, fields.String("session"));
  KeptUpload upload{.session = Secret(std::move(session))};
  LF_TRY(upload.size_bytes, fields.Count("size_bytes"));
  LF_TRY(upload.begun, fields.Time("begun_ms"));
  return std::pair(std::move(object), std::move(upload));
}

}  // namespace

UploadFile::Entries UploadFile::All() const {
  Entries all;
  if (metadata_store_.empty()) return all;
  json::Reader reader(kUploadsBytesMax);
  const std::string text = ReadSideFile(Path(), kUploadsBytesMax, true);
  const auto document = reader.Read(text, "unfinished uploads", Path());
  const auto entries = document ? document->Objects("uploads") : std::unexpected(document.error());
  if (!entries) return all;
  const TimeMs now = clock_.WallTime();
  for (const json::Fields& fields : *entries) {
    auto one = ReadUpload(fields);
    const bool good = one && one->second.begun <= now && now - one->second.begun < kUploadKept;
    if (good) all.insert(*std::move(one));
  }
  return all;
}

void UploadFile::Write(const Entries& entries) const {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Objects("uploads", entries, [&](const auto& one) {
    json.Field("object", one.first);
    json.Field("session", one.second.session.Reveal());
    json.Field("size_bytes", one.second.size_bytes);
    json.Field("begun_ms", one.second.begun);
  });
  ReplaceSideFile(Path(), json.FinishLine());
}

std::optional<KeptUpload> UploadFile::Find(const std::string& object) {
  Entries all = All();
  const auto found = all.find(object);
  return found == all.end() ? std::nullopt : std::optional(std::move(found->second));
}

void UploadFile::Keep(const std::string& object, Secret session, int64_t size_bytes) {
  std::error_code error;
  if (metadata_store_.empty() || !std::filesystem::exists(metadata_store_, error)) return;
  Entries all = All();
  all.insert_or_assign(object,
                       KeptUpload{.session = std::move(session), .size_bytes = size_bytes, .begun = clock_.WallTime()});
  while (all.size() > kUploadsMax) {
    all.erase(std::ranges::min_element(all, {}, [](const auto& one) { return one.second.begun; }));
  }
  Write(all);
}

void UploadFile::Forget(const std::string& object) {
  Entries all = All();
  if (all.erase(object) > 0) Write(all);
}

std::vector<std::pair<std::string, KeptUpload>> UploadFile::Below(const std::string& prefix) {
  std::vector<std::pair<std::string, KeptUpload>> below;
  std::ranges::copy_if(All(), std::back_inserter(below),
                       [&](const auto& one) { return one.first.starts_with(prefix); });
  return below;
}

}  // namespace lakeferry
