// RequestReader: the requests of one connection, one after another, from the bytes that come. Strict where a proxy on
// the way could read something else: one Host, one length, no body in chunks, no version but 1.1. Pure.
#pragma once

#include <expected>
#include <memory>
#include <span>

#include "http/server/server_message.h"

namespace lakeferry {

struct RequestLimits {
  size_t head_bytes_max = size_t{16} << 10;
  size_t target_bytes_max = size_t{4} << 10;
  size_t body_bytes_max = size_t{1} << 20;
};

class RequestReader {
 public:
  explicit RequestReader(RequestLimits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  using Taken = std::expected<void, Refusal>;

  // Where the next bytes of the connection go, never empty before done().
  [[nodiscard]] std::span<char> Room();
  // `count` bytes lie in what Room() gave. A refusal with its status for what is no request, or beyond a limit; the
  // connection has to end then.
  [[nodiscard]] Taken Took(size_t count);

  [[nodiscard]] bool began() const;      // a byte of the request is there
  [[nodiscard]] bool head_done() const;  // its header is
  [[nodiscard]] bool done() const;       // all of it is
  // Whether the client waits for a word before it sends the body (RFC 9110 10.1.1).
  [[nodiscard]] bool wants_word() const;
  // Whether the connection may carry another request.
  [[nodiscard]] bool keeps_alive() const;
  // Once done(). What came behind it is the next request, which may be there already.
  [[nodiscard]] ServerRequest TakeRequest();
  // Begins the next one with what has come of it. As Took.
  [[nodiscard]] Taken Next();

 private:
  struct Parser;
  Taken TakeHead();
  Taken CheckHead();
  Taken BeginBody();

  const RequestLimits limits_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace lakeferry
