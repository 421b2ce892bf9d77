#include "daemon/output/place_output.h"

#include <optional>
#include <string>

#include "base/shown_text.h"

namespace lakeferry {
namespace {

std::optional<std::string> Shown(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(FitToShow(text));
}

std::optional<int64_t> Number(int number) { return number > 0 ? std::optional<int64_t>(number) : std::nullopt; }

void WriteParts(json::Writer& json, const ConfigSpot& spot) {
  json.Field("file", FitToShow(spot.file));
  json.Field("line", Number(spot.line));
  json.Field("column", Number(spot.column));
  json.Field("key", Shown(spot.key));
}

void WriteParts(json::Writer& json, const ObjectSpot& spot) {
  json.Field("location", FitToShow(spot.location));
  json.Field("path", FitToShow(spot.path));
  json.Field("table", Shown(spot.table));
}

void WriteParts(json::Writer& json, const RunSpot& spot) {
  json.Field("workflow", FitToShow(spot.workflow));
  json.Field("run_id", Shown(spot.run_id));
}

Result<std::string> TextOrNone(const json::Fields& fields, std::string_view key) {
  if (!fields.Has(key)) return std::string();
  return fields.String(key);
}

Result<int> NumberOrNone(const json::Fields& fields, std::string_view key) {
  LF_TRY(const std::optional<int64_t> number, fields.FindCount(key));
  return static_cast<int>(number.value_or(0));
}

Result<Place> ReadConfig(const json::Fields& fields) {
  ConfigSpot spot;
  LF_TRY(spot.file, fields.String("file"));
  LF_TRY(spot.line, NumberOrNone(fields, "line"));
  LF_TRY(spot.column, NumberOrNone(fields, "column"));
  LF_TRY(spot.key, TextOrNone(fields, "key"));
  return Place(std::move(spot));
}

Result<Place> ReadObject(const json::Fields& fields) {
  LF_TRY(Place place, fields.String("text"));
  LF_TRY(const std::string location, fields.String("location"));
  LF_TRY(const std::string table, TextOrNone(fields, "table"));
  place.LiesIn(location, table);
  return place;
}

Result<Place> ReadRun(const json::Fields& fields) {
  RunSpot spot;
  LF_TRY(spot.workflow, fields.String("workflow"));
  LF_TRY(spot.run_id, TextOrNone(fields, "run_id"));
  return Place(std::move(spot));
}

}  // namespace

void WriteWhere(json::Writer& json, std::string_view key, const Place& place) {
  if (place.empty()) {
    json.Null(key);
    return;
  }
  json.Object(key, [&] {
    json.Field("kind", PlaceKindName(place.kind()));
    json.Field("text", FitToShow(place.text()));
    switch (place.kind()) {
      case Place::Kind::kConfig: WriteParts(json, place.config()); return;
      case Place::Kind::kObject: WriteParts(json, place.object()); return;
      case Place::Kind::kRun: WriteParts(json, place.run()); return;
      case Place::Kind::kNone:
      case Place::Kind::kOther: return;
    }
  });
}

Result<Place> ReadWhere(const json::Fields& fields, std::string_view key) {
  if (!fields.Has(key)) return Place();
  LF_TRY(const json::Fields place, fields.Object(key));
  LF_TRY(const std::string kind, place.String("kind"));
  if (kind == PlaceKindName(Place::Kind::kConfig)) return ReadConfig(place);
  if (kind == PlaceKindName(Place::Kind::kObject)) return ReadObject(place);
  if (kind == PlaceKindName(Place::Kind::kRun)) return ReadRun(place);
  LF_TRY(std::string text, place.String("text"));
  return Place(std::move(text));
}

}  // namespace lakeferry
