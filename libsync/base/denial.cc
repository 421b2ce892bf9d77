#include "base/denial.h"

#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

namespace lakeferry {
namespace {

struct Adviser {
  std::mutex mutex;
  std::shared_ptr<const DenialAdvice> advice;
};

// Never taken down: errors are made until the very end.
Adviser& TheAdviser() {
  static auto* const adviser = new Adviser;
  return *adviser;
}

std::shared_ptr<const DenialAdvice> CurrentAdvice() {
  Adviser& adviser = TheAdviser();
  const std::lock_guard lock(adviser.mutex);
  return adviser.advice;
}

}  // namespace

std::optional<Denial> DenialOf(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM: return Denial::kNoRight;
    case EROFS: return Denial::kReadOnly;
    default: return std::nullopt;
  }
}

void SetDenialAdvice(DenialAdvice advice) {
  std::shared_ptr<const DenialAdvice> next;
  if (advice) next = std::make_shared<const DenialAdvice>(std::move(advice));
  Adviser& adviser = TheAdviser();
  const std::lock_guard lock(adviser.mutex);
  adviser.advice.swap(next);
}

std::string DenialRemedy(Denial denial, const std::string& path) {
  if (const auto advice = CurrentAdvice()) return (*advice)(denial, path);
  return denial == Denial::kReadOnly ? "mount the file system read-write"
                                     : "give the user that runs lakeferry the right to do this";
}

}  // namespace lakeferry
