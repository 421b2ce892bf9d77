// Cuts the text of an object into pieces at line ends, so that a commit of any size is read in bounded memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "delta/line_mender.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// A piece is about so long, but for a longer line: what a core keeps in its own cache.
inline constexpr size_t kPieceBytes = size_t{256} << 10;

// Whole lines; only the last of an object may lack its end.
struct TextPiece {
  std::string_view text;
  std::shared_ptr<const std::string> memory;  // which the text lies in, beside other pieces
  std::optional<delta::LineProblem> problem;  // in place of a text: a line that is too long to be handed on

  [[nodiscard]] bool empty() const { return text.empty() && !problem; }
};

// On the engine thread alone, but that pieces are read elsewhere.
class PieceReader {
 public:
  // `object` must outlive it.
  explicit PieceReader(OpenObject& object);

  // The next piece; empty after the last. A line beyond kPieceBytes is a piece by itself; of one far beyond
  // delta::kLineBytesMax, what LineMender leaves of it while it is read. The store's errors. Memory: 1 MiB for every
  // four pieces that are kept, and three times the longest line, or delta::kLineBytesMax where that is less.
  Task<Result<TextPiece>> Next(Call call);

 private:
  [[nodiscard]] size_t NextBytes(std::string_view rest) const;
  Task<Status> ReadOn(Call call, std::string_view rest);
  Task<Result<TextPiece>> NextOfLongLine(Call call, std::string_view rest);
  std::shared_ptr<std::string> Memory(size_t bytes);

  OpenObject& object_;
  int64_t offset_ = 0;                 // read so far
  size_t left_;                        // not read yet
  std::shared_ptr<std::string> read_;  // its `begin_` to `end_` are in no piece yet
  size_t begin_ = 0;
  size_t end_ = 0;
  std::vector<std::shared_ptr<std::string>> memories_;  // to be used again when no piece holds them
};

}  // namespace lakeferry::engine
