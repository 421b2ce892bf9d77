// Store: everything that the connections of all threads share, and what a request comes to.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "bench/store/calls.h"
#include "bench/store/operations.h"
#include "bench/store/signature_check.h"

namespace lakeferry::bench {

struct StoreOptions {
  Keys keys;
  std::string drop = {};  // what is large under such keys is summed and not kept; empty: all is kept
  Millis delay{0};        // of every answer
};

// Any thread.
class Store {
 public:
  explicit Store(StoreOptions options) : options_(std::move(options)) {}

  [[nodiscard]] const StoreOptions& options() const { return options_; }
  // Whether the body of such a request is only summed.
  [[nodiscard]] bool Drops(const Request& request, std::string_view operation) const;
  // What a request comes to whose signature and body are right.
  [[nodiscard]] Reply Do(const Request& request, std::string_view operation, const Body& body);
  // Requests below /-/, which are signed by nobody: what the store is to be for a measurement.
  //   GET  /-/counts                                    requests by operation
  //   POST /-/reset                                     of these
  //   PUT  /-/sparse/BUCKET/KEY?size=N[&count=M]        objects that take no memory: KEY, or KEY0 … KEY(M-1)
  [[nodiscard]] Reply Control(const Request& request);

  OperationCounts counts;

 private:
  [[nodiscard]] Answer<Reply> Call(const Request& request, std::string_view operation, const Body& body);
  [[nodiscard]] Answer<Reply> PutSparse(const Request& request);

  const StoreOptions options_;
  Shelf shelf_;
};

}  // namespace lakeferry::bench
