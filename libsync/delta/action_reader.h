// ActionReader: the actions of a text that comes in pieces, so that a commit of a million lines is never in memory
// whole.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

class ActionReader {
 public:
  // `where` names the object in errors; `sink` must outlive the reader.
  ActionReader(std::string_view where, ActionSink& sink);
  ~ActionReader();

  // The next lines, whole ones; the very last may lack its line end. kCorruptLog as in ReadActions.
  Status Read(std::string_view lines);
  // After the last: kCorruptLog where there was no action at all.
  Status Finish();

 private:
  class LineReader;
  std::unique_ptr<LineReader> lines_;
};

}  // namespace lakeferry::delta
