// Refusal: why the store does not do what it was asked for, in the codes that S3 documents.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace lakeferry::bench {

struct Refusal {
  int status = 400;
  std::string code;
  std::string message = {};
};

template <typename T>
using Answer = std::expected<T, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> Refuse(int status, std::string code, std::string message = {}) {
  return std::unexpected(Refusal{.status = status, .code = std::move(code), .message = std::move(message)});
}

}  // namespace lakeferry::bench

// Returns the refusal of an expression, or declares what it comes to.
#define BENCH_TRY_(tmp, decl, ...)                          \
  auto tmp = (__VA_ARGS__);                                 \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define BENCH_CONCAT_(a, b) a##b
#define BENCH_CONCAT(a, b) BENCH_CONCAT_(a, b)
#define BENCH_TRY(decl, ...) BENCH_TRY_(BENCH_CONCAT(bench_try_, __LINE__), decl, __VA_ARGS__)
#define BENCH_TRY_OK(...) \
  if (auto tmp = (__VA_ARGS__); !tmp) return std::unexpected(std::move(tmp).error())
