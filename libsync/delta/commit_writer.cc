#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <functional>
#include <tuple>

#include "delta/commit_json.h"
#include "delta/json_fields.h"

namespace lakeferry::delta {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteText(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void WriteKey(Writer& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void WriteValue(Writer& writer, const std::string& text) { WriteText(writer, text); }
void WriteValue(Writer& writer, int64_t number) { writer.Int64(number); }
void WriteValue(Writer& writer, int32_t number) { writer.Int(number); }
void WriteValue(Writer& writer, bool flag) { writer.Bool(flag); }
void WriteValue(Writer& writer, AlwaysFalse) { writer.Bool(false); }

void WriteValue(Writer& writer, const std::vector<std::string>& texts) {
  writer.StartArray();
  for (const std::string& text : texts) WriteText(writer, text);
  writer.EndArray();
}

void WriteValue(Writer& writer, const NullableMap& map) {
  writer.StartObject();
  for (const auto& [key, value] : map) {
    WriteKey(writer, key);
    if (value) {
      WriteText(writer, *value);
    } else {
      writer.Null();
    }
  }
  writer.EndObject();
}

void WriteValue(Writer& writer, const StringMap& map) {
  writer.StartObject();
  for (const auto& [key, value] : map) {
    WriteKey(writer, key);
    WriteText(writer, value);
  }
  writer.EndObject();
}

void WriteValue(Writer& writer, FormatRef<const std::string, const StringMap> format) {
  writer.StartObject();
  WriteKey(writer, "provider");
  WriteText(writer, format.provider);
  WriteKey(writer, "options");
  WriteValue(writer, format.options);
  writer.EndObject();
}

void WriteValue(Writer& writer, const DeletionVector& dv);

template <typename T>
void WriteField(Writer& writer, std::string_view name, Presence presence, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    if (presence == Presence::kOnlyIfTrue && !value) return;
  }
  WriteKey(writer, name);
  WriteValue(writer, value);
}

template <typename T>
void WriteField(Writer& writer, std::string_view name, Presence presence, const std::optional<T>& value) {
  if (value) WriteField(writer, name, presence, *value);
}

template <typename Action>
void WriteObject(Writer& writer, const Action& action) {
  writer.StartObject();
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
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteKey(writer, JsonShape<Action>::kName);
  WriteObject(writer, action);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
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
