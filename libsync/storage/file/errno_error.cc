#include "storage/file/errno_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/denial.h"

namespace lakeferry {
namespace {

struct Reaction {
  ErrorCode code;
  const char* remedy;
};

Reaction ReactionTo(int error_number) {
  switch (error_number) {
    case ENOSPC: return {ErrorCode::kOutOfSpace, "make room on that file system"};
    case EDQUOT: return {ErrorCode::kOutOfSpace, "make room, or raise the disk quota of the user that runs lakeferry"};
    case EFBIG: return {ErrorCode::kOutOfSpace, "raise the file size limit of the process or use another file system"};
    case EXDEV:
    case ELOOP:
      return {
          ErrorCode::kUnauthorized,
          "symbolic links may not lead out of the store's root, nor stand for a folder that is listed or written to: "
          "replace the link by what it means"};
    case ENAMETOOLONG: return {ErrorCode::kInvalidArgument, "a name has at most 255 bytes on this file system"};
    case EILSEQ:
    case EINVAL: return {ErrorCode::kInvalidArgument, "use a name the file system can hold"};
    case ENOTDIR:
      return {ErrorCode::kInvalidArgument,
              "a file is in the way of a folder of that name: name another folder, or find out whose file it is"};
    case EISDIR: return {ErrorCode::kInvalidArgument, "a folder of that name is in the way: find out whose it is"};
    case ENOENT: return {ErrorCode::kNotFound, ""};
    case EIO: return {ErrorCode::kUnavailable, "look into the system log: the device reports an input/output error"};
    case ESTALE:
    case ETIMEDOUT:
    case EHOSTDOWN:
    case ENODEV:
    case ENXIO: return {ErrorCode::kUnavailable, "see that the file system is mounted and answers"};
    case EMFILE:
    case ENFILE: return {ErrorCode::kUnavailable, "raise the limit of open files (LimitNOFILE)"};
    case EBUSY:
    case EAGAIN:
    case EINTR:
    case ENOMEM: return {ErrorCode::kUnavailable, ""};
    default: return {ErrorCode::kInternal, ""};
  }
}

}  // namespace

Error ErrnoError(int error_number, std::string_view what, std::string path) {
  Error error{.message = fmt::format("{}: {}", what, std::generic_category().message(error_number))};
  if (const auto denial = DenialOf(error_number)) {
    error.code = ErrorCode::kUnauthorized;
    error.remedy = DenialRemedy(*denial, path);
  } else {
    const Reaction reaction = ReactionTo(error_number);
    error.code = reaction.code;
    error.remedy = reaction.remedy;
  }
  error.where = std::move(path);
  return error;
}

std::unexpected<Error> FailErrno(int error_number, std::string_view what, std::string path) {
  return std::unexpected<Error>(ErrnoError(error_number, what, std::move(path)));
}

bool IsAbsent(int error_number) { return error_number == ENOENT || error_number == ENOTDIR; }

}  // namespace lakeferry
