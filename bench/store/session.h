// Session: one connection, request after request.
#pragma once

#include <optional>
#include <string_view>

#include "bench/store/channel.h"
#include "bench/store/inbox.h"
#include "bench/store/store.h"

namespace lakeferry::bench {

// Lives on the thread of the socket's executor; `store` and `signatures`, which is that thread's own, outlive it.
class Session {
 public:
  Session(boost::asio::ip::tcp::socket socket, SSL_CTX* tls, Store& store, SignatureCheck& signatures);

  // Until the other side has gone.
  Task<void> Run();

 private:
  // False: the connection is of no more use.
  Task<bool> Answer(Request request);
  // Absent: the other side has gone. `unread`: a refusal that has not waited for the body.
  Task<std::optional<Reply>> ReplyTo(const Request& request, bool& unread);
  Task<bool> Send(const Request& request, const Reply& reply, bool keeps_alive);
  Task<void> Wait();

  Channel channel_;
  Inbox inbox_;
  Store& store_;
  SignatureCheck& signatures_;
};

}  // namespace lakeferry::bench
