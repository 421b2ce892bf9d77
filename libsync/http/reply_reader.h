// ReplyReader: makes a reply of the bytes that a connection brings. It knows no socket, so that hostile bytes can be
// tried on it; what lies behind the header goes straight to where the body is wanted.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"
#include "http/message.h"

namespace lakeferry {

// For one request. `body` outlives it.
class ReplyReader {
 public:
  ReplyReader(Method method, ReplyBody& body);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Where the next bytes of the connection go, never empty before done().
  [[nodiscard]] std::span<char> Room();
  // `count` bytes lie in what Room() gave. kCorruptData where they break HTTP, go beyond a limit of header or body, or
  // are more than one reply.
  Status Took(size_t count);
  // The other side has closed the connection: the end of a body that has no length. kUnavailable where more was to
  // come.
  Status Ended();

  [[nodiscard]] bool began() const { return began_; }  // a byte of it is there
  [[nodiscard]] bool done() const { return done_; }
  // Once done().
  [[nodiscard]] HttpReply TakeReply();
  // Whether the connection may carry another request.
  [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }

 private:
  struct Parser;
  Status TakeHead();
  Status BeginBody();
  Status BeginSized(size_t size);
  Status FeedParser();
  Status Finish();
  [[nodiscard]] size_t TextMax() const;

  const Method method_;
  ReplyBody& body_;
  std::unique_ptr<Parser> parser_;
  HttpReply reply_;
  std::span<char> direct_;  // what is still missing of a body whose length is known
  bool into_room_ = false;  // the body
  bool sized_ = false;
  int interim_replies_ = 0;
  bool began_ = false;
  bool done_ = false;
  bool keeps_alive_ = false;
};

}  // namespace lakeferry
