// Host: what the credential chains of clouds look for on the machine they run on: variables, files, helper programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/secret.h"

namespace lakeferry {

// The most that is read of a file.
inline constexpr size_t kHostFileBytesMax = size_t{1} << 20;

// On the engine thread.
class Host {
 public:
  virtual ~Host() = default;
  // Absent where it is not set, or empty. Nothing that is secret is asked for by this.
  virtual std::optional<std::string> Variable(const std::string& name) = 0;
  // Empty where it is not set. What is read once is kept, and wiped where it stood.
  virtual Secret SecretVariable(const std::string& name) = 0;
  // A whole file of at most kHostFileBytesMax. kNotFound; kUnauthorized where it cannot be read; kInvalidArgument where
  // it is none.
  virtual Task<Result<Secret>> ReadFile(Call call, std::string path) = 0;
  // What the program writes to its standard output, at most 64 KiB; without a shell. It and all that it has started are
  // gone when this returns, after `longest` at the latest. kUnavailable where it takes longer, kUnauthorized where it
  // fails, kInvalidArgument where it cannot be started; no error repeats an argument, or a word of what it wrote.
  virtual Task<Result<Secret>> Run(Call call, std::vector<std::string> command, Millis longest) = 0;
};

}  // namespace lakeferry
