// DocumentCache: documents that many ask for are made once, and shown to whoever asks within a short time. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
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
  // The document of that name, made at most `age` ago; where somebody makes it, his. An error is kept like a document.
  Task<Result<Document>> Get(std::string name, Millis age, Make make);
  void Clear() { known_.clear(); }

  static constexpr size_t kDocumentsMax = 256;

 private:
  struct Entry {
    bool making = true;
    Millis made{0};
    Result<Document> document = Document{};
  };
  void MakeRoom();

  Clock& clock_;
  std::map<std::string, std::shared_ptr<Entry>> known_;
};

[[nodiscard]] Document DocumentOf(std::string text);

}  // namespace lakeferry::web
