// What a store's refusal means to the engine and to people: the words for it are the services' own, in a table of each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lakeferry {

struct StoreRefusal {
  std::string_view word;  // the service's own: "NoSuchKey"; empty for what a status alone means
  ErrorCode code;
  std::string_view message;
  std::string_view remedy;
};

// As the answer has it; empty where it says nothing, or nothing that tells more.
struct ToldRefusal {
  int status = 0;
  std::string_view word;
  std::string_view message;
};

// Of a status that means the same at every store: that it is busy, is full or has failed.
[[nodiscard]] std::optional<StoreRefusal> RefusalOfStatus(int status);

// `where`: the object or container that was asked for.
[[nodiscard]] Error AsError(const StoreRefusal& refusal, const ToldRefusal& told, std::string where);

}  // namespace lakeferry
