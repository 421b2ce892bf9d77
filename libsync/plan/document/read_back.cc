#include "plan/document/read_back.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "delta/size_limits.h"

namespace lakeferry::plan {
namespace {

// As much of a line as tells which action it is.
constexpr size_t kLineShownMax = 200;

// What a document may take without its signatures (plan/document/signed_document.h).
constexpr size_t kBodyBytesMax = kManifestBytesMax - (size_t{16} << 10);
static_assert(kManifestBytesMax == kReceiptBytesMax);

std::unexpected<Error> Unreadable(ErrorCode code, std::string_view what, const Error& error) {
  return Fail(code, fmt::format("{} could not be read by the other side: {}", what, error.message), error.where,
              error.remedy);
}

// The first table of which the manifest would say another thing; empty for none.
std::string FirstOther(const Manifest& meant, const Manifest& read) {
  for (size_t i = 0; i < std::min(meant.tables.size(), read.tables.size()); ++i) {
    if (meant.tables[i] != read.tables[i]) return fmt::format("of table '{}'", meant.tables[i].name);
  }
  return "in its header";
}

}  // namespace

Result<std::string> PublishableManifest(const Manifest& manifest) {
  std::string text = WriteManifest(manifest);
  const std::string where = fmt::format("manifest of epoch {}", manifest.epoch.value());
  for (const ManifestTable& table : manifest.tables) {
    if (table.table_id.size() <= delta::kTableIdBytesMax) continue;
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("the metaData.id of table '{}' has {} bytes, more than {}", table.name,
                            table.table_id.size(), delta::kTableIdBytesMax),
                table.source_uri, "create the table anew");
  }
  if (text.size() > kBodyBytesMax) {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("the manifest of {} tables would have {} bytes, more than {}", manifest.tables.size(),
                            text.size(), kBodyBytesMax),
                where, "split the group: a table takes some 3.4 KB, and each part of its change 120 bytes");
  }
  const Result<Manifest> read = ReadManifest(text, where);
  if (!read) return Unreadable(ErrorCode::kUnsupportedTable, "the manifest", read.error());
  if (*read == manifest) return text;
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("the manifest would say another thing than was meant, {}", FirstOther(manifest, *read)),
              where);
}

Result<std::string> PublishableReceipt(Receipt receipt) {
  receipt.reason = FitToShow(receipt.reason);
  std::string text = WriteReceipt(receipt);
  const std::string where = fmt::format("receipt of epoch {}", receipt.epoch.value());
  if (text.size() > kBodyBytesMax) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("the receipt would have {} bytes, more than {}", text.size(), kBodyBytesMax), where,
                "split the group, or use shorter names");
  }
  const Result<Receipt> read = ReadReceipt(text, where);
  if (!read) return Unreadable(ErrorCode::kCorruptLog, "the receipt", read.error());
  if (*read == receipt) return text;
  return Fail(ErrorCode::kCorruptLog, "the receipt would say another thing than was meant", where);
}

Status CheckPartLine(std::string_view line) {
  if (line.size() <= delta::kPartLineBytesMax) return {};
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("an action takes {} bytes, of which {} are carried: {}", line.size(),
                          delta::kPartLineBytesMax, FitToShow(line, kLineShownMax)),
              {}, "write the file anew with shorter statistics, tags or partition values");
}

}  // namespace lakeferry::plan
