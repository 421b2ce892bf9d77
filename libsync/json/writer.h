// json::Writer: builds one JSON object on one line, with its members in the order of the calls. Everything that is
// written as JSON is written here. A call that would not give JSON (a value without its key, a bracket that does not
// fit) is a mistake in the program and ends it. One thread at a time.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace lakeferry::json {

// What becomes of texts. Either way quotes, backslashes and control bytes are escaped, and nothing else.
enum class Texts : uint8_t {
  kAsTheyAre,  // for what is read back by its bytes: also bytes that are no UTF-8 stay
  kShown,      // for people and their tools: malformed bytes become U+FFFD, values are without known secrets
};

class Writer {
 public:
  explicit Writer(Texts texts);  // opens the document's object

  // "key": value, where `value` is of a kind that Value takes.
  template <typename T>
  void Field(std::string_view key, const T& value) {
    Key(key);
    Value(value);
  }
  void Null(std::string_view key) { Field(key, nullptr); }
  // A duration as seconds with up to three decimals.
  void Seconds(std::string_view key, Millis value) { Field(key, static_cast<double>(value.count()) / 1'000.0); }
  // "key": { what `body` writes }.
  template <typename Body>
  void Object(std::string_view key, Body body) {
    Key(key);
    BeginObject();
    body();
    EndObject();
  }
  // "key": [ one object for each element, which `each` fills ].
  template <typename Range, typename Each>
  void Objects(std::string_view key, const Range& range, Each each) {
    Key(key);
    BeginList();
    for (const auto& element : range) {
      BeginObject();
      each(element);
      EndObject();
    }
    EndList();
  }

  // The name of the member that the next value is of.
  void Key(std::string_view key);
  // A value: of a member after its key, or the next one of a list.
  void Value(std::string_view text);
  void Value(const char* text) { Value(std::string_view(text)); }
  void Value(int64_t number);
  void Value(int number) { Value(int64_t{number}); }
  // A finite number, with as many digits as tell it from any other and at least one after the point.
  void Value(double number);
  void Value(std::same_as<bool> auto truth) { Word(truth ? "true" : "false"); }
  void Value(std::nullptr_t) { Word("null"); }
  void Value(TimeMs time) { Value(ToEpochMs(time)); }
  void Value(const std::vector<std::string>& texts);
  template <typename Tag>
  void Value(StrongNumber<Tag> number) {
    Value(number.value());
  }
  // null where there is no value.
  template <typename T>
  void Value(const std::optional<T>& value) {
    if (value) {
      Value(*value);
    } else {
      Value(nullptr);
    }
  }
  void BeginObject();
  void EndObject() { End(true); }
  void BeginList();
  void EndList() { End(false); }

  // What is written so far, in bytes, and itself: for documents that nobody wants whole in memory. What follows it is
  // given by the next call.
  [[nodiscard]] size_t size() const { return out_.size(); }
  [[nodiscard]] std::string Take() { return std::exchange(out_, std::string()); }
  // The document, or what was not taken of it, once all that was begun in it has ended; the writer takes nothing more.
  [[nodiscard]] std::string Finish() { return Finish("}"); }
  // The same with a line end.
  [[nodiscard]] std::string FinishLine() { return Finish("}\n"); }

 private:
  [[nodiscard]] bool InObject() const;
  void Separate();
  void BeginValue();
  void Word(std::string_view word);
  void Begin(bool object);
  void End(bool object);
  void Quote(std::string_view text);
  std::string Finish(std::string_view end);

  Texts texts_;
  bool after_key_ = false;
  // Of the open brackets, a bit each, the outermost lowest: whether it is an object's, and whether something stands in
  // it.
  uint64_t objects_ = 0;
  uint64_t filled_ = 0;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace lakeferry::json
