// FilesToSend: the objects that one table's cut needs, on their way into staging: in scratch where they are many, so
// that a table of any size goes over in little memory. Those that may vanish from the source come first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/object_path.h"
#include "base/time.h"
#include "delta/import_roots.h"
#include "engine/spill/spilled_bytes.h"
#include "plan/change/file_to_send.h"
#include "plan/retention/vanish.h"

namespace lakeferry::engine {

// Memory: what SpilledBytes does, and 16 bytes for each file that may vanish. `env` must outlive it.
class FilesToSend {
 public:
  FilesToSend(const Environment& env, plan::VanishRule rule) : rule_(std::move(rule)), records_(env) {}

  // One more; the caller sees to it that each object is there once. Sets `vanishes_from` by the rule. Blocking:
  // called on a pool. The scratch's errors.
  Status Append(plan::FileToSend file);
  void Clear();

  [[nodiscard]] int64_t files() const { return files_; }
  // As the log says; deletion vectors do not count.
  [[nodiscard]] int64_t bytes() const { return bytes_; }
  // Absent: the source still needs all of them itself.
  [[nodiscard]] const std::optional<plan::VanishForecast>& forecast() const { return forecast_; }

 private:
  friend class FileReader;

  void Forecast(const plan::FileToSend& file);
  // The number of a root that origins share; a table has few.
  int32_t RootNumber(const std::shared_ptr<const std::string>& root);

  plan::VanishRule rule_;
  SpilledBytes records_;
  std::vector<std::shared_ptr<const std::string>> roots_;
  std::vector<std::pair<TimeMs, int64_t>> vanishing_;  // where the record of each stands
  int64_t files_ = 0;
  int64_t bytes_ = 0;
  std::optional<plan::VanishForecast> forecast_;
};

// Reads them: first those that may vanish, nearest first; then the others as they were appended. No Append meanwhile.
class FileReader {
 public:
  // `files` must outlive it. `piece_bytes`: read from scratch at once.
  FileReader(const FilesToSend& files, size_t piece_bytes);

  // The next ones, up to `count`; empty at the end. The scratch's errors.
  Task<Result<std::vector<plan::FileToSend>>> Next(size_t count);

 private:
  // Absent at the end.
  Task<Result<std::optional<plan::FileToSend>>> NextVanishing();
  Task<Result<std::optional<plan::FileToSend>>> NextOther();
  void Seek(int64_t offset);
  // Until `buffer_` holds so many bytes from `at_` on; false where there are none at all.
  Task<Result<bool>> Fill(size_t bytes);
  [[nodiscard]] Result<plan::FileToSend> Decode(std::string_view record) const;

  const FilesToSend& files_;
  size_t piece_bytes_;
  std::vector<std::pair<TimeMs, int64_t>> vanishing_;
  size_t next_vanishing_ = 0;
  int64_t offset_ = 0;  // of what follows the buffer
  std::string buffer_;
  size_t at_ = 0;  // what of it was taken
};

}  // namespace lakeferry::engine
