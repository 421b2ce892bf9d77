// json::Scanner: goes through one JSON text (RFC 8259) that comes in pieces of any length, and says what it meets.
// Holds nothing of the text, so that a value of any length can be passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeferry::json {

class Scanner {
 public:
  // What is met, in the order of the text. Brackets and colons, commas and space may be put out as they come.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnOpen(bool object) = 0;
    virtual void OnClose(bool object) = 0;
    virtual void OnBetween(std::string_view space_or_separator) = 0;
    // The name of a member: any number of parts, as they stand between the quotes, and the end.
    virtual void OnKeyPart(std::string_view raw) = 0;
    virtual void OnKeyEnd() = 0;
    // A text, number or word: its first character, then all of it in parts, a text without its quotes, and the end.
    virtual void OnScalar(char first) = 0;
    virtual void OnScalarPart(std::string_view raw) = 0;
    virtual void OnScalarEnd() = 0;
  };

  // As deep as brackets may nest: a bit of memory each.
  static constexpr size_t kDepthMax = 10'000;

  // `listener` must outlive the scanner.
  explicit Scanner(Listener& listener) : listener_(listener) {}

  // The next piece. After an error nothing is said any more.
  void Read(std::string_view piece);
  // After the last: what is wrong with the text; empty for one whole value.
  [[nodiscard]] std::string Finish();

 private:
  enum class State : uint8_t {
    kValue,
    kFirstElement,
    kFirstKey,
    kKey,
    kColon,
    kAfter,
    kText,
    kName,
    kNumber,
    kWord,
    kDone
  };
  enum class Digits : uint8_t { kSign, kZero, kWhole, kPoint, kFraction, kExponent, kExponentSign, kExponentDigits };

  // Absent where the number ends before `c`, well or not.
  static std::optional<Digits> DigitsAfter(Digits digits, char c);
  size_t ReadText(std::string_view piece, size_t at);
  size_t ReadNumber(std::string_view piece, size_t at);
  size_t ReadWord(std::string_view piece, size_t at);
  void Take(char c);
  void TakeAfter(char c);
  void BeginValue(char c);
  void BeginScalar(char c, State state);
  void EndScalar();
  void Escape(char c);
  void EndNumber();
  void Close(bool object);
  void Expect(bool is_there, const char* what);
  [[nodiscard]] State AfterValue() const { return objects_.empty() ? State::kDone : State::kAfter; }

  Listener& listener_;
  State state_ = State::kValue;
  Digits digits_ = Digits::kSign;
  int escape_ = 0;             // 1 after a backslash, then how many hex digits are to come, plus 1
  std::string_view word_;      // what is left of it
  std::vector<bool> objects_;  // the open brackets
  const char* problem_ = nullptr;
};

}  // namespace lakeferry::json
