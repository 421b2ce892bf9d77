// Errors of the world, as values: a code that says how to react, and what a person needs to mend it.
// Broken invariants are not errors: see check.h.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/place.h"

namespace lakeferry {

// One code per distinct reaction; protocol numbers and library codes go into the message.
enum class ErrorCode {
  kNotFound,          // the object, table or record is not there
  kUnavailable,       // transient: the other side did not answer; retry with backoff
  kThrottled,         // transient: asked to slow down; retry with backoff
  kUnauthorized,      // refused by the store: wrong credentials, missing rights, read-only
  kOutOfSpace,        // the store is full; retry after somebody made room
  kOutcomeUnknown,    // a write may or may not have happened: read back and compare before acting
  kCorruptData,       // bytes are not what their size or checksum says
  kCorruptLog,        // a Delta log, manifest or receipt that cannot be read as what it claims to be
  kUnsupportedTable,  // a Delta feature, or use of one, that is refused by name
  kSourceMovedOn,     // a file or commit the cut needs is gone from the source
  kDiverged,          // history is not the one we left: recreated source, foreign commit on a replica
  kRefused,           // a guard or the fence said no: another owner, an older generation, a non-empty target
  kInvalidArgument,   // configuration or command line
  kCancelled,         // asked to stop
  kInternal,          // a library failed in a way that has no better code
};

// The stable lower-case name of a code, as in the JSON contract ("not_found").
[[nodiscard]] std::string_view ErrorCodeName(ErrorCode code);

// True iff the same call may succeed later without anybody doing anything.
[[nodiscard]] bool IsTransient(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one sentence: what is wrong
  Place where;          // the object, run or spot of the configuration that it concerns; may be none
  std::string remedy;   // what to do about it; may be empty
  // When the other side wants to be asked again at the earliest; absent where it did not say.
  std::optional<std::chrono::milliseconds> retry_after = {};

  bool operator==(const Error&) const = default;
};

// "message (where): remedy", for people: each of the three without secrets and bounded (base/shown_text.h).
[[nodiscard]] std::string ToString(const Error& error);

}  // namespace lakeferry
