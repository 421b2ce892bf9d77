// ActionReader: the actions of a text that comes in pieces, so that a commit of a million lines is never in memory
// whole.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/line_mender.h"

namespace lakeferry::delta {

class ActionReader {
 public:
  // `where` names the object in errors; `sink` must outlive the reader. `lines_before`: how many lines of the object
  // came before the first that is read here.
  ActionReader(std::string_view where, ActionSink& sink, size_t lines_before = 0);
  ~ActionReader();

  // The next lines, whole ones; the very last may lack its line end. kCorruptLog as in ReadActions.
  Status Read(std::string_view lines);
  // In place of a line that was too long to be handed on and could not be mended: its error, which names the line.
  Status Refuse(LineProblem problem);
  // After the last: kCorruptLog where all lines were blank.
  Status Finish();
  // How many lines were read, and those before.
  [[nodiscard]] size_t lines() const;

 private:
  class LineReader;
  std::unique_ptr<LineReader> lines_;
};

}  // namespace lakeferry::delta
