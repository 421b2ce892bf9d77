// JsonWriter: builds one JSON document on one line. Keys are written in the order of the calls; text that is not UTF-8
// is made so, because a file may have any name and a document must stay readable; known
// secrets are taken out of it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace lakeferry {

class JsonWriter {
 public:
  JsonWriter();  // opens the document's object
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void Field(std::string_view key, std::string_view value);
  void Field(std::string_view key, const char* value) { Field(key, std::string_view(value)); }
  void Field(std::string_view key, int64_t value);
  void Field(std::string_view key, std::same_as<bool> auto value) { Boolean(key, value); }
  void Field(std::string_view key, TimeMs value) { Field(key, ToEpochMs(value)); }
  void Field(std::string_view key, const std::vector<std::string>& values);
  template <typename Tag>
  void Field(std::string_view key, StrongNumber<Tag> value) {
    Field(key, value.value());
  }
  // null where there is no value.
  template <typename T>
  void Field(std::string_view key, const std::optional<T>& value) {
    if (value) {
      Field(key, *value);
    } else {
      Null(key);
    }
  }
  void Null(std::string_view key);
  // Milliseconds as seconds with up to three decimals.
  void Seconds(std::string_view key, Millis value);

  // "key": { what `body` writes }.
  template <typename Body>
  void Object(std::string_view key, Body body) {
    BeginObject(key);
    body();
    EndObject();
  }
  // "key": [ one object for each element, which `each` fills ].
  template <typename Range, typename Each>
  void Objects(std::string_view key, const Range& range, Each each) {
    BeginArray(key);
    for (const auto& element : range) {
      BeginElement();
      each(element);
      EndObject();
    }
    EndArray();
  }

  // What is written so far, in bytes, and itself: for documents that nobody wants whole in memory. What follows it is
  // given by the next call.
  [[nodiscard]] size_t size() const;
  [[nodiscard]] std::string Take();
  // The document, or what was not taken of it, with a line end; the writer takes nothing more.
  [[nodiscard]] std::string Finish();

 private:
  struct State;
  void Boolean(std::string_view key, bool value);
  void BeginObject(std::string_view key);
  void BeginElement();
  void EndObject();
  void BeginArray(std::string_view key);
  void EndArray();

  std::unique_ptr<State> state_;
};

// The text with every malformed byte as U+FFFD.
[[nodiscard]] std::string ToValidUtf8(std::string_view text);

}  // namespace lakeferry
