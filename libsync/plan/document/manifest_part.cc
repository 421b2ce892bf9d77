#include <fmt/format.h>

#include <charconv>

#include "base/digest.h"
#include "base/shown_text.h"
#include "json/reader.h"
#include "json/writer.h"
#include "plan/document/etag.h"
#include "plan/document/manifest.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kLineOfPartShown = 200;
// Of one file, commit or log file: two paths and some numbers.
constexpr size_t kRecordBytesMax = 12 * kObjectPathBytesMax + 4096;
constexpr std::string_view kFile = "file";
constexpr std::string_view kPresent = "present";
constexpr std::string_view kCommit = "commit";
constexpr std::string_view kLogFile = "logFile";

std::string Line(std::string_view kind, const StagedFile& file, std::optional<Version> version) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Object(kind, [&] {
    if (version) json.Field("version", *version);
    json.Field("path", file.path.text());
    json.Field("size", file.size);
    json.Field("crc64", Hex64(file.crc64));
    if (!file.sha256.empty()) json.Field("sha256", file.sha256);
    if (!file.placed()) json.Field("staged", file.staged.text());
    if (!file.etag.empty()) json.Field("etag", file.etag);
    if (file.modified) json.Field("modified_ms", *file.modified);
  });
  return json.Finish();
}

Result<ObjectPath> ConfinedPath(const json::Fields& json, std::string_view key, std::string_view where) {
  LF_TRY(const std::string_view text, json.View(key));
  auto path = ObjectPath::Make(text);
  if (path && !path->empty()) return *std::move(path);
  return Fail(ErrorCode::kRefused, fmt::format("'{}' holds a path that leaves its root: {}", key, EncodeSegment(text)),
              std::string(where),
              "the manifest was not written by a sender of this program: find out who writes to the staging location");
}

Result<std::string> FindSha256(const json::Fields& json, std::string_view where) {
  if (!json.Has("sha256")) return std::string();
  LF_TRY(std::string digest, json.String("sha256"));
  const bool hex = digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hex && digest.size() == 64) return digest;
  return Fail(ErrorCode::kCorruptLog, "sha256 is not 64 lower-case hex digits", std::string(where));
}

Result<StagedFile> ReadFile(const json::Fields& json, std::string_view where) {
  StagedFile file;
  LF_TRY(file.path, ConfinedPath(json, "path", where));
  LF_TRY(file.size, json.Count("size"));
  LF_TRY(const std::string_view crc, json.View("crc64"));
  const char* const end = std::from_chars(crc.data(), crc.data() + crc.size(), file.crc64, 16).ptr;
  // 16 digits always fit: where there is an error, not all of them were read.
  if (end != crc.data() + crc.size() || crc.size() != 16) {
    return Fail(ErrorCode::kCorruptLog, "crc64 is not 16 hex digits", std::string(where));
  }
  LF_TRY(file.sha256, FindSha256(json, where));
  if (json.Has("staged")) {
    LF_TRY(file.staged, ConfinedPath(json, "staged", where));
  }
  LF_TRY(file.etag, FindEtag(json, "etag", where));
  LF_TRY(file.modified, json.FindTime("modified_ms"));
  return file;
}

// Takes the lines of our own kinds out; whatever else is in the part goes to the reader of Delta actions.
class PartReader {
 public:
  PartReader(std::string_view where, PartSink& sink) : where_(where), sink_(sink) {}

  // The error shows the line: it is ours, and no line of a source is known by its number in a part. `behind`: how many
  // bytes of the part follow it.
  Status ReadLine(std::string_view line, size_t behind) {
    Status read = ReadRecord(line, behind);
    if (read) return read;
    Error error = std::move(read).error();
    error.message += fmt::format(", in {}", FitToShow(line, kLineOfPartShown));
    return std::unexpected(std::move(error));
  }

 private:
  Status ReadRecord(std::string_view line, size_t behind) {
    LF_TRY(const json::Fields json, reader_.Read(line, "a record", where_, behind));
    if (json.Has(kFile)) {
      LF_TRY(StagedFile file, ReadKind(json, kFile));
      return sink_.OnFile(std::move(file));
    }
    if (json.Has(kLogFile)) {
      LF_TRY(StagedFile file, ReadKind(json, kLogFile));
      return sink_.OnLogFile(std::move(file));
    }
    if (json.Has(kPresent)) return ReadPresent(json);
    LF_TRY(const json::Fields fields, json.Object(kCommit));
    LF_TRY(const int64_t version, fields.Count("version"));
    LF_TRY(StagedFile file, ReadFile(fields, where_));
    return sink_.OnCommit(StagedCommit{.version = Version(version), .file = std::move(file)});
  }

  Status ReadPresent(const json::Fields& json) {
    LF_TRY(const json::Fields fields, json.Object(kPresent));
    PresentFile file;
    LF_TRY(file.path, ConfinedPath(fields, "path", where_));
    LF_TRY(file.size, fields.Count("size"));
    return sink_.OnPresent(std::move(file));
  }

  Result<StagedFile> ReadKind(const json::Fields& json, std::string_view kind) {
    LF_TRY(const json::Fields fields, json.Object(kind));
    return ReadFile(fields, where_);
  }

  std::string_view where_;
  PartSink& sink_;
  json::Reader reader_{kRecordBytesMax};
};

bool IsOurs(std::string_view line) {
  return line.starts_with(R"({"file":)") || line.starts_with(R"({"present":)") || line.starts_with(R"({"commit":)") ||
         line.starts_with(R"({"logFile":)");
}

}  // namespace

std::string ToLine(const StagedFile& file) { return Line(kFile, file, std::nullopt); }

std::string ToLine(const PresentFile& file) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Object(kPresent, [&] {
    json.Field("path", file.path.text());
    json.Field("size", file.size);
  });
  return json.Finish();
}

std::string ToLine(const StagedCommit& commit) { return Line(kCommit, commit.file, commit.version); }
std::string LogFileLine(const StagedFile& file) { return Line(kLogFile, file, std::nullopt); }

Status ReadPart(std::string_view text, std::string_view where, PartSink& sink) {
  PartReader reader(where, sink);
  size_t begin = 0;
  while (begin < text.size()) {
    // A run of Delta actions is handed over in one piece: their reader is the fast one.
    size_t end = begin;
    while (end < text.size() && !IsOurs(text.substr(end))) {
      const size_t newline = text.find('\n', end);
      end = newline == std::string_view::npos ? text.size() : newline + 1;
    }
    if (end > begin) LF_TRY_OK(delta::ReadActions(text.substr(begin, end - begin), where, sink));
    if (end == text.size()) break;
    const size_t newline = std::min(text.find('\n', end), text.size());
    LF_TRY_OK(reader.ReadLine(text.substr(end, newline - end), text.size() - newline));
    begin = newline + 1;
  }
  return {};
}

}  // namespace lakeferry::plan
