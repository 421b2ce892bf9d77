// DocumentCache: documents that many ask for are made once, and shown to whoever asks within a short time. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "env/clock.h"

namespace lakeferry::web {

struct Document {
  std::shared_ptr<const std::string> text;
  std::string tag;  // of its text, as an ETag has it
};

class DocumentCache {
 public:
  // `clock` outlives it.
  explicit DocumentCache(Clock& clock) : clock_(clock) {}

  using Make = std::function<Task<Result<std::string>>()>;
  // The document of that name, made at most `age` ago. Where somebody makes a newer one, the last one while it is no
  // older than kStaleMax, else his: of many who ask one waits. An error is kept like a document.
  Task<Result<Document>> Get(std::string name, Millis age, Make make);
  void Clear() { known_.clear(); }
  [[nodiscard]] size_t size() const { return known_.size(); }

  static constexpr size_t kDocumentsMax = 256;
  static constexpr Millis kStaleMax{15'000};

 private:
  struct Entry {
    bool making = false;
    Millis made{0};
    std::optional<Result<Document>> document = {};  // absent before the first was made
  };
  void MakeRoom();

  Clock& clock_;
  std::map<std::string, std::shared_ptr<Entry>> known_;
};

[[nodiscard]] Document DocumentOf(std::string text);

}  // namespace lakeferry::web
