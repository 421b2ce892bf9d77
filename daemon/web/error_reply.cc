#include "daemon/web/error_reply.h"

#include "daemon/output/report_output.h"

namespace lakeferry::web {
namespace {

int StatusFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kInvalidArgument: return 400;
    case ErrorCode::kUnauthorized: return 401;
    case ErrorCode::kRefused: return 409;
    case ErrorCode::kThrottled: return 429;
    case ErrorCode::kUnavailable:
    case ErrorCode::kOutOfSpace:
    case ErrorCode::kCancelled: return 503;
    default: return 500;
  }
}

}  // namespace

ServerReply ErrorReply(int status, const Error& error) { return ServerReply::Json(status, ToJson(error)); }
ServerReply ErrorReply(const Error& error) { return ErrorReply(StatusFor(error.code), error); }

}  // namespace lakeferry::web
