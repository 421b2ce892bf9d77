#include <functional>
#include <tuple>

#include "delta/commit_json.h"
#include "delta/json_fields.h"
#include "json/writer.h"

namespace lakeferry::delta {
namespace {

using json::Writer;

void WriteValue(Writer& writer, const auto& value) { writer.Value(value); }
void WriteValue(Writer& writer, AlwaysFalse) { writer.Value(false); }

void WriteValue(Writer& writer, const NullableMap& map) {
  writer.BeginObject();
  for (const auto& [key, value] : map) writer.Field(key, value);
  writer.EndObject();
}

void WriteValue(Writer& writer, const StringMap& map) {
  writer.BeginObject();
  for (const auto& [key, value] : map) writer.Field(key, value);
  writer.EndObject();
}

void WriteValue(Writer& writer, FormatRef<const std::string, const StringMap> format) {
  writer.BeginObject();
  writer.Field("provider", format.provider);
  writer.Key("options");
  WriteValue(writer, format.options);
  writer.EndObject();
}

void WriteValue(Writer& writer, const DeletionVector& dv);

template <typename T>
void WriteField(Writer& writer, std::string_view name, Presence presence, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    if (presence == Presence::kOnlyIfTrue && !value) return;
  }
  writer.Key(name);
  WriteValue(writer, value);
}

template <typename T>
void WriteField(Writer& writer, std::string_view name, Presence presence, const std::optional<T>& value) {
  if (value) WriteField(writer, name, presence, *value);
}

template <typename Action>
void WriteObject(Writer& writer, const Action& action) {
  writer.BeginObject();
  std::apply(
      [&](const auto&... field) {
        (WriteField(writer, field.name, field.presence, std::invoke(field.access, action)), ...);
      },
      JsonShape<Action>::kFields);
  writer.EndObject();
}

void WriteValue(Writer& writer, const DeletionVector& dv) { WriteObject(writer, dv); }

template <typename Action>
std::string LineOf(const Action& action) {
  Writer writer(json::Texts::kAsTheyAre);
  writer.Key(JsonShape<Action>::kName);
  WriteObject(writer, action);
  return writer.Finish();
}

}  // namespace

std::string ToLine(const AddFile& add) { return LineOf(add); }
std::string ToLine(const RemoveFile& remove) { return LineOf(remove); }
std::string ToLine(const AddCdcFile& cdc) { return LineOf(cdc); }
std::string ToLine(const Metadata& metadata) { return LineOf(metadata); }
std::string ToLine(const Protocol& protocol) { return LineOf(protocol); }
std::string ToLine(const Txn& txn) { return LineOf(txn); }
std::string ToLine(const DomainMetadata& domain) { return LineOf(domain); }

}  // namespace lakeferry::delta
