#include "daemon/output/json_writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/check.h"
#include "base/known_secrets.h"
#include "daemon/config/text_bytes.h"

namespace lakeferry {

struct JsonWriter::State {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};

  void Text(std::string_view text) {
    std::string clean;
    if (KnowsSecrets()) text = clean = WithoutSecrets(text);
    std::string valid;
    if (FirstInvalidUtf8(text) != std::string_view::npos) text = valid = ToValidUtf8(text);
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void Key(std::string_view key) {
    std::string valid;
    if (FirstInvalidUtf8(key) != std::string_view::npos) key = valid = ToValidUtf8(key);
    writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
};

JsonWriter::JsonWriter() : state_(std::make_unique<State>()) { state_->writer.StartObject(); }
JsonWriter::~JsonWriter() = default;

void JsonWriter::Field(std::string_view key, std::string_view value) {
  state_->Key(key);
  state_->Text(value);
}

void JsonWriter::Field(std::string_view key, int64_t value) {
  state_->Key(key);
  state_->writer.Int64(value);
}

void JsonWriter::Boolean(std::string_view key, bool value) {
  state_->Key(key);
  state_->writer.Bool(value);
}

void JsonWriter::Field(std::string_view key, const std::vector<std::string>& values) {
  state_->Key(key);
  state_->writer.StartArray();
  for (const std::string& value : values) state_->Text(value);
  state_->writer.EndArray();
}

void JsonWriter::Null(std::string_view key) {
  state_->Key(key);
  state_->writer.Null();
}

void JsonWriter::Seconds(std::string_view key, Millis value) {
  state_->Key(key);
  state_->writer.Double(static_cast<double>(value.count()) / 1'000.0);
}

void JsonWriter::BeginObject(std::string_view key) {
  state_->Key(key);
  state_->writer.StartObject();
}

void JsonWriter::BeginElement() { state_->writer.StartObject(); }
void JsonWriter::EndObject() { state_->writer.EndObject(); }

void JsonWriter::BeginArray(std::string_view key) {
  state_->Key(key);
  state_->writer.StartArray();
}

void JsonWriter::EndArray() { state_->writer.EndArray(); }

size_t JsonWriter::size() const { return state_->buffer.GetSize(); }

std::string JsonWriter::Take() {
  std::string text(state_->buffer.GetString(), state_->buffer.GetSize());
  state_->buffer.Clear();
  return text;
}

std::string JsonWriter::Finish() {
  state_->writer.EndObject();
  LF_CHECK(state_->writer.IsComplete(), "a JSON document is left open");
  return Take() + "\n";
}

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t bad = FirstInvalidUtf8(text);
    out += text.substr(0, bad);
    if (bad == std::string_view::npos) return out;
    out += "\xef\xbf\xbd";
    text.remove_prefix(bad + 1);
  }
}

}  // namespace lakeferry
