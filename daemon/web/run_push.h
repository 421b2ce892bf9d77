// Runs that are pushed over HTTP: what a request says, who may say it, and what becomes of it in the ledger. Pure but
// for what ReplayGuard remembers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.h"
#include "base/secret.h"
#include "daemon/config/config.h"
#include "http/server/server_message.h"

namespace lakeferry::web {

inline constexpr size_t kRunsMax = 1'000;  // of one request
// How old a signed request may be, and by how much the clock that it is signed by may be ahead.
inline constexpr Millis kSignedWithin = std::chrono::minutes(5);

inline constexpr std::string_view kTimestampHeader = "Lakeferry-Timestamp";
inline constexpr std::string_view kSignatureHeader = "Lakeferry-Signature";

// What the signature of a body is: "v1=" and, in hex, the HMAC-SHA256 of "v1:<timestamp>:<body>".
[[nodiscard]] std::string SignatureOf(std::string_view timestamp, std::string_view body, const Secret& secret);

// Takes each signed request once.
class ReplayGuard {
 public:
  // kUnauthorized for a request without a signature, or with a wrong one, or one of another time; kRefused for one that
  // was taken before.
  [[nodiscard]] Status Check(const ServerRequest& request, const Secret& secret, TimeMs now);

 private:
  std::map<std::string, TimeMs> taken_;  // signatures, with when they lose their force
};

// The runs of a body: one object, or {"runs": [...]}: `workflow`, `run_id`, `state`, and of `start` and `end` the text
// that `lakeferry runs add` takes, or `start_ms` and `end_ms`. What is wrong is said by the names of these fields.
// kInvalidArgument for a body that is none, a workflow whose runs are not pushed here, times in the future or in the
// wrong order. A start that is missing stays at the epoch, with `no_start`.
struct PushedRun {
  Run run;
  bool no_start = false;
};
[[nodiscard]] Result<std::vector<PushedRun>> ReadPushedRuns(const std::string& body, const Config& config, TimeMs now);

// The run as the ledger is to have it, beside what it has of that run: the start of an earlier entry is kept where the
// new one has none. kRefused for what would take the ledger back: a run that has ended and is said to run, or an end
// before the one that is known. The times are checked as those of WithCheckedTimes.
[[nodiscard]] Result<Run> MergeRun(const PushedRun& pushed, const std::vector<Run>& known, TimeMs now, Millis ahead);

}  // namespace lakeferry::web
