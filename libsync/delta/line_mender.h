// LineMender: writes a line of a commit anew where the parser cannot take it as it stands. What nobody here reads is
// left out, so that its length and form do not matter; what is no text where a text belongs becomes the text that it is
// written as, which is how Spark reads it. The line comes in pieces, and of what is left out nothing is held.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lakeferry::delta {

// Why a line cannot be read, in the words for its number to go before.
struct LineProblem {
  ErrorCode code = ErrorCode::kCorruptLog;
  std::string what;
  std::string remedy = "restore this object, or restore the table to a version before it";
};

class LineMender {
 public:
  LineMender();
  ~LineMender();

  // The next piece of the line, which must not hold its end.
  void Read(std::string_view piece);
  // After the last: the line anew. kCorruptLog where it is no whole JSON object in UTF-8, kUnsupportedTable where what
  // is read of it is longer than kLineBytesMax, with the field that holds the most. Memory: three times kLineBytesMax.
  [[nodiscard]] std::expected<std::string, LineProblem> Finish() &&;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

// Replaces escapes of one half of a pair by a question mark, as Java writes it; they name no character, and the parser
// refuses them. False iff there was none.
bool ReplaceLoneSurrogates(std::string& line);

}  // namespace lakeferry::delta
