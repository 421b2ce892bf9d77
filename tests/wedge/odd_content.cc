#include "tests/wedge/odd_content.h"

#include <fmt/format.h>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

std::string Field(std::string_view name, const std::string& value) { return fmt::format(R"("{}":{})", name, value); }
std::string Quoted(const std::string& text) { return "\"" + text + "\""; }
std::string Action(std::string_view kind, const std::string& fields) {
  return fmt::format(R"({{"{}":{{{}}}}})", kind, fields);
}

// What the path names below the table's root; empty where nothing.
std::string ObjectOf(const std::string& path) {
  const auto object = delta::ResolveInTable(path, "mem://west/a");
  return object ? object->text() : std::string();
}

}  // namespace

std::string OddContent::Number() {
  static const Texts kNumbers{"0",
                              "1",
                              "-1",
                              "12",
                              "1700000000000",
                              "253402300799999",
                              "253402300800000",
                              "9007199254740993",
                              "9223372036854775806",
                              "9223372036854775807",
                              "9223372036854775808",
                              "-9223372036854775808",
                              "18446744073709551615",
                              "1e18",
                              "1.5",
                              "9e99",
                              "\"12\"",
                              "\"x\"",
                              "null",
                              "true",
                              "[]",
                              "{}"};
  return Odd() ? Pick(kNumbers) : std::to_string(1 + Below(1'000));
}

std::string OddContent::Path() {
  static const Texts kPaths{"f0",
                            "f0",
                            "x",
                            "p/q",
                            "a b",
                            "a%20b",
                            "%2e%2e/x",
                            "../x",
                            "../b/f0",
                            "p/../f0",
                            "./f0",
                            "p//q",
                            "%66%30",
                            "_delta_log/x",
                            "_delta_log",
                            "%5Fdelta_log/00000000000000000009.json",
                            "p/_delta_log/x",
                            "_change_data/c",
                            "reused/x",
                            "reused/0123456789abcdef-0123456789abcdef-5/f0",
                            "ext/aa/x",
                            "\\u00e9",
                            "%C3%A9",
                            "%FF",
                            "%zz",
                            "%00",
                            "\\u0001",
                            "\\ud800",
                            "\xff",
                            "x/",
                            "/x",
                            "/",
                            "",
                            ".",
                            "..",
                            "c:x",
                            "c:/x",
                            "q?r",
                            "q#r",
                            "mem://west/a/x",
                            "mem://west/a/../b/f0",
                            "mem://west/b/f0",
                            "MEM://WEST/a/x",
                            "file:///etc/passwd",
                            "s3://b/k",
                            "x\\\\y",
                            "\\\"",
                            "NUL"};
  if (!Odd()) return Percent(30) ? "f0" : fmt::format("n{}", random_.Below(1'000'000));
  if (Percent(5)) return std::string(static_cast<size_t>(random_.Between(900, 1100)), 'p');
  if (Percent(3)) return "d/" + std::string(static_cast<size_t>(random_.Between(900, 1030)), 'p');
  if (Percent(30)) return fmt::format("n{}", random_.Below(1'000'000));
  return Pick(kPaths);
}

std::string OddContent::Vector(TestTable& table) {
  static const Texts kKinds{"u", "u", "u", "i", "p", "x", ""};
  static const Texts kPrefixes{"", "", "ab", "_delta_log", "..", "p/q", "_delta_log/..", "/", "\\u0001", "é"};
  static const Texts kPaths{"mem://west/a/v.bin",
                            "mem://west/b/v.bin",
                            "mem://west/a/_delta_log/deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin",
                            "../v",
                            "file:///v",
                            ""};
  const std::string kind = Odd() ? Pick(kKinds) : "u";
  const std::string place = kind == "p" ? Pick(kPaths) : (Odd() ? Pick(kPrefixes) : "ab") + "vBn[lx{q8@P<9BNH/isA";
  const auto object =
      delta::ObjectOf(delta::DeletionVector{.storage_type = kind, .path_or_inline_dv = place, .offset = {}});
  if (object && *object && Percent(90)) table.store().Set((*object)->text(), "a vector");
  Texts fields{Field("storageType", Quoted(kind)), Field("pathOrInlineDv", Quoted(place)),
               Field("offset", Percent(50) ? "1" : Number()), Field("sizeInBytes", Percent(50) ? "36" : Number()),
               Field("cardinality", Percent(50) ? "2" : Number())};
  return "{" + Fields(fields) + "}";
}

std::string OddContent::Text() {
  static const Texts kTexts{"\"\"",  "\"x\"",      "\"\\u0000\"", "\"\\ud83d\"", "1",       "1.0",
                            "true",  "null",       "[1,2]",       "{\"a\":1}",   "\"é\"",   "\"\\u202e\"",
                            "\"{\"", "\"\\n\\r\"", "\"\xc3\"",    "\"false\"",   "\"true\""};
  return Odd() ? Pick(kTexts) : "\"x\"";
}

std::string OddContent::Map() {
  if (!Odd()) return "{}";
  std::string map;
  for (int64_t i = random_.Below(4); i >= 0; --i)
    map += fmt::format("{}{}:{}", map.empty() ? "" : ",", Percent(90) ? "\"k\"" : "\"\\u0001\"", Text());
  return Percent(95) ? "{" + map + "}" : "[]";
}

// A text near one of the bounds of a line.
std::string OddContent::Giant() {
  static const std::vector<size_t> kBounds{delta::kPartLineBytesMax, delta::kCommitLineBytesMax, delta::kLineBytesMax};
  const size_t bound = kBounds[static_cast<size_t>(random_.Below(3))];
  return Quoted(std::string(bound - static_cast<size_t>(random_.Below(500)), 's'));
}

std::string OddContent::Fields(const Texts& fields) {
  std::string out;
  for (const std::string& field : fields) {
    if (Odd() && Percent(6)) continue;
    out += (out.empty() ? "" : ",") + field;
    if (Odd() && Percent(4)) out += "," + field.substr(0, field.find(':') + 1) + Number();
    if (Odd() && Percent(4)) out += "," + field;
  }
  return out;
}

std::string OddContent::FileLine(TestTable& table, std::string_view kind) {
  std::string path = Path();
  auto& objects = table.store().objects();
  const std::string object = ObjectOf(path);
  // Some name a file that is there, some bring one, some neither.
  if (!object.empty() && !objects.contains(object) && (!Odd() || Percent(60)))
    table.store().Set(object, "data of " + object);
  const auto there = objects.find(object);
  const std::string size =
      there != objects.end() && !(Odd() && Percent(30)) ? std::to_string(there->second.bytes->size()) : Number();
  const std::string time = Percent(50) ? std::to_string(1'700'000'000'000 + Below(10'000'000)) : Number();
  Texts fields{Field("path", Quoted(path)), Field("partitionValues", Map()),
               Field(kind == "remove" ? "deletionTimestamp" : "modificationTime", time),
               Field("dataChange", Odd() && Percent(30) ? Text() : "true")};
  // Without its size, a remove costs a replay; with it, it is believed.
  if (kind != "remove" || Percent(50)) fields.push_back(Field("size", size));
  if (Percent(30)) fields.push_back(Field("tags", Map()));
  if (Percent(30)) fields.push_back(Field("stats", Odd() ? Text() : R"("{\"numRecords\":1}")"));
  if (Percent(1) && Percent(15)) fields.push_back(Field("stats", Giant()));
  if (Percent(25)) fields.push_back(Field("deletionVector", Percent(95) ? Vector(table) : Text()));
  if (Percent(10)) fields.push_back(Field("baseRowId", Number()));
  if (Percent(10)) fields.push_back(Field("defaultRowCommitVersion", Number()));
  if (Odd() && Percent(20)) fields.push_back(Field("extendedFileMetadata", Text()));
  return Action(kind, Fields(fields));
}

std::string OddContent::Line(TestTable& table) {
  static const Texts kFeatures{"\"deletionVectors\"",
                               "\"columnMapping\"",
                               "\"v2Checkpoint\"",
                               "\"rowTracking\"",
                               "\"appendOnly\"",
                               "\"inCommitTimestamp\"",
                               "\"domainMetadata\"",
                               "\"futureFeature\"",
                               "\"deletionVectors\",\"deletionVectors\"",
                               "1"};
  static const Texts kProperties{R"("delta.enableInCommitTimestamps":"true")",
                                 R"("delta.appendOnly":"true")",
                                 R"("delta.deletedFileRetentionDuration":"interval 999999999999 weeks")",
                                 R"("delta.deletedFileRetentionDuration":"interval -1 day")",
                                 R"("delta.checkpointInterval":"0")",
                                 R"("delta.checkpointInterval":"1")",
                                 R"("delta.inCommitTimestampEnablementVersion":"9223372036854775807")",
                                 R"("x":1)",
                                 R"("a":"1","a":"2")",
                                 R"("delta.columnMapping.mode":"name")"};
  const int64_t kind = Below(100);
  if (kind < 40) return FileLine(table, "add");
  if (kind < 60) return FileLine(table, "remove");
  if (!Odd() && kind < 90) return FileLine(table, "add");
  if (kind < 65) return FileLine(table, "cdc");
  if (kind < 72) {
    return Action("metaData",
                  Fields({Field("id", Percent(70) ? Quoted("id-of-" + std::string(table.store().uri())) : Text()),
                          Field("format", Percent(90) ? R"({"provider":"parquet","options":{}})" : Map()),
                          Field("schemaString", Text()), Field("partitionColumns", Percent(90) ? "[]" : Text()),
                          Field("createdTime", Number()),
                          Field("configuration", "{" + (Percent(70) ? Pick(kProperties) : "") + "}")}));
  }
  if (kind < 79) {
    const bool features = Percent(60);
    return Action(
        "protocol",
        Fields({Field("minReaderVersion", features ? "3" : Number()),
                Field("minWriterVersion", features ? "7" : Number()),
                Field("readerFeatures", features ? "[" + Pick(kFeatures) + "]" : "null"),
                Field("writerFeatures", features ? "[" + Pick(kFeatures) + "," + Pick(kFeatures) + "]" : "null")}));
  }
  if (kind < 85) {
    static const Texts kApps{"\"app\"", "\"lakeferry/orders\"", "\"\"", "\"lakeferry/\xff\"", "1", "null"};
    return Action("txn",
                  Fields({Field("appId", Pick(kApps)), Field("version", Number()), Field("lastUpdated", Number())}));
  }
  if (kind < 91) {
    static const Texts kDomains{"\"delta.rowTracking\"", "\"d\"", "\"\"", "null", "1"};
    return Action("domainMetadata",
                  Fields({Field("domain", Pick(kDomains)), Field("configuration", Text()), Field("removed", Text())}));
  }
  if (kind < 95) {
    return Action("commitInfo", Fields({Field("timestamp", Number()), Field("inCommitTimestamp", Number()),
                                        Field("operation", Text())}));
  }
  static const Texts kOthers{"",
                             " ",
                             "{}",
                             "[]",
                             "null",
                             "{\"future\":{\"x\":1}}",
                             "{\"add\":null}",
                             "{\"file\":{\"path\":\"x\"}}",
                             "{\"commit\":{}}",
                             "{\"sidecar\":{}}",
                             "{\"checkpointMetadata\":{\"version\":9}}",
                             "\xEF\xBB\xBF{}"};
  return Pick(kOthers);
}

std::string OddContent::Damaged(std::string line) {
  if (line.empty() || line.size() > 10'000) return line;
  const auto at = static_cast<size_t>(Below(std::ssize(line)));
  switch (Below(5)) {
    case 0: return line.substr(0, at);
    case 1: line[at] = static_cast<char>(Below(256)); break;
    case 2: line.erase(at, 1); break;
    case 3: line.insert(at, 1, static_cast<char>(Below(128))); break;
    default: line += line;
  }
  // A line end would make two of it.
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

std::vector<std::string> OddContent::Lines(TestTable& table) {
  std::vector<std::string> lines;
  for (int64_t i = Below(3); i >= 0; --i) {
    std::string line = Line(table);
    lines.push_back(Odd() && Percent(15) ? Damaged(std::move(line)) : std::move(line));
  }
  return lines;
}

std::string OddContent::RunId() {
  static const Texts kIds{"r1", "", "\xff", "r\xc3", "a\nb", "\x01", "é", "\"", "r1\u202e"};
  if (!Odd() || Percent(80)) return fmt::format("run-{}", Below(1'000'000));
  if (Percent(20)) return std::string(static_cast<size_t>(random_.Between(1000, 1100)), 'r');
  return Pick(kIds);
}

std::string OddContent::TableName() {
  static const Texts kNames{"b", "b", "raw.b", "é", "..", ".", "a/b", "b c", "%41", "\"", "_delta_log", "parts"};
  if (Percent(5)) return std::string(200, 'b');
  return Pick(kNames);
}

}  // namespace lakeferry::engine
