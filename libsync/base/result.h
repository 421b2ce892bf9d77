// Result<T>: a value or an Error, never dropped in silence; Status where there is no value.
// LF_TRY and its kin return the error of an expression to the caller; the LF_CO_ forms do so from a coroutine.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace lakeferry {

template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

using Status = Result<void>;

// Builds the error branch of any Result.
[[nodiscard]] inline std::unexpected<Error> Fail(ErrorCode code, std::string message, Place where = {},
                                                 std::string remedy = {}) {
  return std::unexpected<Error>(
      Error{.code = code, .message = std::move(message), .where = std::move(where), .remedy = std::move(remedy)});
}

// The same error, saying that it concerns `where` if it names no place yet.
[[nodiscard]] inline std::unexpected<Error> FailAt(Error error, Place where) {
  if (error.where.empty()) error.where = std::move(where);
  return std::unexpected<Error>(std::move(error));
}

}  // namespace lakeferry

#define LF_CONCAT_(a, b) a##b
#define LF_CONCAT(a, b) LF_CONCAT_(a, b)
#define LF_TRY_IMPL(tmp, decl, ret, ...)                                     \
  auto tmp = (__VA_ARGS__);                                                  \
  if (!tmp) ret std::unexpected<::lakeferry::Error>(std::move(tmp).error()); \
  decl = std::move(*tmp)
// One statement, so that it may stand alone under `for` and `if`.
#define LF_CHECK_IMPL(tmp, ret, ...) \
  if (auto&& tmp = (__VA_ARGS__); !tmp) ret std::unexpected<::lakeferry::Error>(std::move(tmp).error())

// LF_TRY(auto x, F()); declares x from F()'s value, or returns F()'s error.
#define LF_TRY(decl, ...) LF_TRY_IMPL(LF_CONCAT(lf_try_, __LINE__), decl, return, __VA_ARGS__)
// LF_TRY_OK(F()); returns F()'s error if it has one.
#define LF_TRY_OK(...) LF_CHECK_IMPL(LF_CONCAT(lf_try_, __LINE__), return, __VA_ARGS__)
#define LF_CO_TRY(decl, ...) LF_TRY_IMPL(LF_CONCAT(lf_try_, __LINE__), decl, co_return, __VA_ARGS__)
#define LF_CO_TRY_OK(...) LF_CHECK_IMPL(LF_CONCAT(lf_try_, __LINE__), co_return, __VA_ARGS__)
