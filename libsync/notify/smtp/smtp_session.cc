#include "notify/smtp/smtp_session.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "notify/smtp/smtp_dialogue.h"

namespace lakeferry::notify {
namespace {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

// Everything one transfer points at; the list and buffers must outlive the handle's use.
struct Transfer {
  EasyHandle handle;
  List recipients;
  std::string_view unsent;
  SmtpDialogue dialogue;
  std::stop_token stop;
  char curl_says[CURL_ERROR_SIZE] = {};
};

// OpenSSL writes to sockets in the plain way: a server that hangs up would end the process. While this lives, the
// thread's SIGPIPE is held back; one that came is taken away.
class SigpipeGuard {
 public:
  SigpipeGuard() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeGuard() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

// libcurl copies the password, and what it makes of it for the server, to the heap: nothing of that outlives its use.
void WipeAndFree(void* memory) {
  if (memory != nullptr) ::explicit_bzero(memory, ::malloc_usable_size(memory));
  std::free(memory);
}

void* Reallocate(void* memory, size_t size) {
  if (memory == nullptr) return std::malloc(size);
  void* larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, std::min(size, ::malloc_usable_size(memory)));
  WipeAndFree(memory);
  return larger;
}

char* CopyText(const char* text) {
  const size_t size = std::strlen(text) + 1;
  void* copy = std::malloc(size);
  return copy == nullptr ? nullptr : static_cast<char*>(std::memcpy(copy, text, size));
}

void InitLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    const CURLcode code =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &WipeAndFree, &Reallocate, &CopyText, &std::calloc);
    LF_CHECK(code == CURLE_OK, "libcurl does not start");
  });
}

size_t OnRead(char* buffer, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const size_t length = std::min(size * count, transfer.unsent.size());
  std::memcpy(buffer, transfer.unsent.data(), length);
  transfer.unsent.remove_prefix(length);
  return length;
}

int OnTrace(CURL* /*handle*/, curl_infotype type, char* data, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (type == CURLINFO_HEADER_OUT) transfer.dialogue.OnCommand({data, size});
  if (type == CURLINFO_HEADER_IN) transfer.dialogue.OnReply({data, size});
  return 0;
}

// Asked several times a second, however long nothing comes.
int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->stop.stop_requested() ? 1 : 0;
}

// Nothing is to be printed; the trace is read by OnTrace.
size_t OnIgnoredBytes(char* /*data*/, size_t size, size_t count, void* /*user*/) { return size * count; }

template <typename Value>
void Set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  LF_CHECK(code == CURLE_OK, "libcurl lacks an option that mail needs");
}

std::string Url(const SmtpOptions& options) {
  return (options.security == SmtpSecurity::kTls ? "smtps://" : "smtp://") + ServerName(options) + "/" + options.helo;
}

void SetSecurity(CURL* handle, const SmtpOptions& options) {
  Set(handle, CURLOPT_USE_SSL,
      options.security == SmtpSecurity::kStartTls ? long{CURLUSESSL_ALL} : long{CURLUSESSL_NONE});
  Set(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  Set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  Set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    Set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    Set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // in place of the system's, not beside them
  }
  if (!options.username.empty()) {
    Set(handle, CURLOPT_USERNAME, options.username.c_str());
    Set(handle, CURLOPT_PASSWORD, options.password.Reveal().data());
  }
}

void SetMail(Transfer& transfer, const SmtpOptions& options, const Mail& mail) {
  for (const std::string& recipient : mail.recipients) {
    curl_slist* longer = curl_slist_append(transfer.recipients.get(), recipient.c_str());
    LF_CHECK(longer != nullptr, "out of memory");
    transfer.recipients.release();
    transfer.recipients.reset(longer);
  }
  transfer.unsent = mail.text;
  CURL* handle = transfer.handle.get();
  Set(handle, CURLOPT_MAIL_FROM, options.from.c_str());
  Set(handle, CURLOPT_MAIL_RCPT, transfer.recipients.get());
  Set(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  Set(handle, CURLOPT_UPLOAD, 1L);
  Set(handle, CURLOPT_READFUNCTION, &OnRead);
  Set(handle, CURLOPT_READDATA, static_cast<void*>(&transfer));
}

void SetUp(Transfer& transfer, const SmtpOptions& options) {
  CURL* handle = transfer.handle.get();
  Set(handle, CURLOPT_URL, Url(options).c_str());
  Set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  Set(handle, CURLOPT_PROXY, "");  // mail does not follow a proxy that the environment names
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  Set(handle, CURLOPT_ERRORBUFFER, static_cast<char*>(transfer.curl_says));
  Set(handle, CURLOPT_VERBOSE, 1L);
  Set(handle, CURLOPT_DEBUGFUNCTION, &OnTrace);
  Set(handle, CURLOPT_DEBUGDATA, static_cast<void*>(&transfer));
  Set(handle, CURLOPT_WRITEFUNCTION, &OnIgnoredBytes);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
  Set(handle, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  Set(handle, CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  SetSecurity(handle, options);
}

// libcurl would wait two minutes for the answer to its QUIT. With the reading side shut it still says QUIT, and goes.
void DoNotWaitForGoodbye(CURL* handle) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD) {
    (void)shutdown(socket, SHUT_RD);
  }
}

bool IsLoginCode(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

std::string Join(const std::vector<SmtpDialogue::Refusal>& refusals) {
  std::string text;
  for (const SmtpDialogue::Refusal& refusal : refusals) {
    text += fmt::format("{}{} with \"{}\"", text.empty() ? "" : ", ", refusal.command, refusal.reply);
  }
  return text;
}

// The reaction to a reply of 4xx or 5xx that ended the delivery.
std::unexpected<Error> FailByReply(const std::vector<SmtpDialogue::Refusal>& refusals, const std::string& where) {
  const bool login = std::ranges::any_of(refusals, [](const auto& refusal) { return IsLoginCode(refusal.code); });
  if (login) {
    return Fail(ErrorCode::kUnauthorized, fmt::format("the mail server refused {}", Join(refusals)), where,
                "check the mail user name and password");
  }
  const bool passing = std::ranges::any_of(refusals, [](const auto& refusal) { return refusal.code < 500; });
  if (passing) {
    return Fail(ErrorCode::kUnavailable, fmt::format("the mail server put off {}", Join(refusals)), where,
                "the server asks to try later");
  }
  return Fail(ErrorCode::kInvalidArgument, fmt::format("the mail server refused {}", Join(refusals)), where,
              "check the addresses of sender and recipients, and what the server lets this machine send");
}

// The reaction to what libcurl itself found wrong. `detail` is libcurl's own sentence, which names no secret.
std::unexpected<Error> FailByTransport(CURLcode code, const std::string& detail, const SmtpOptions& options) {
  const std::string where = ServerName(options);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return Fail(ErrorCode::kInvalidArgument, fmt::format("the mail server's certificate does not verify: {}", detail),
                  where, "name the CA that signed it as the mail CA file, and the server as its certificate does");
    case CURLE_SSL_CACERT_BADFILE:
      return Fail(ErrorCode::kInvalidArgument, fmt::format("the mail CA file '{}' cannot be used", options.ca_file),
                  where, "it must be a readable PEM file with at least one certificate");
    case CURLE_USE_SSL_FAILED:
      return Fail(ErrorCode::kInvalidArgument, "the mail server does not offer STARTTLS", where,
                  "use TLS from the start on its smtps port, or no TLS without a password on a closed network");
    case CURLE_LOGIN_DENIED:
      return Fail(ErrorCode::kUnauthorized, "the mail server takes no login that this side can give", where,
                  "check that the server offers authentication on this port, and user name and password");
    case CURLE_SSL_CONNECT_ERROR:
      return Fail(ErrorCode::kUnavailable, fmt::format("no TLS connection with the mail server: {}", detail), where,
                  "check that port and kind of TLS belong together (465: TLS, 587: STARTTLS)");
    default:
      return Fail(ErrorCode::kUnavailable, fmt::format("the mail server cannot be reached: {}", detail), where,
                  "check name, port and the network to the mail server");
  }
}

Status Judge(const Transfer& transfer, CURLcode code, const SmtpOptions& options) {
  const auto& refusals = transfer.dialogue.refusals();
  if (code == CURLE_ABORTED_BY_CALLBACK) {
    return Fail(ErrorCode::kCancelled, "stopped while the mail server was waited for", ServerName(options));
  }
  if (code == CURLE_OK) {
    if (refusals.empty()) return {};
    return Fail(ErrorCode::kRefused,
                fmt::format("the mail reached only a part of its recipients: the server refused {}", Join(refusals)),
                ServerName(options), "correct or remove these addresses; the others have the mail");
  }
  // A refused EHLO is followed by HELO: what ended the delivery is said by a later reply, or by libcurl.
  const bool by_reply = !refusals.empty() && !refusals.back().command.starts_with("EHLO");
  const bool by_tls = code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION;
  if (by_reply && !by_tls) return FailByReply(refusals, ServerName(options));
  const char* says = transfer.curl_says[0] != '\0' ? transfer.curl_says : curl_easy_strerror(code);
  return FailByTransport(code, says, options);
}

// What the server has shown itself, as PEM; empty where there is nothing.
std::string ShownCertificate(CURL* handle) {
  constexpr std::string_view kMark = "Cert:";
  curl_certinfo* shown = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &shown) != CURLE_OK || shown == nullptr) return {};
  if (shown->num_of_certs < 1) return {};
  for (const curl_slist* line = shown->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (text.starts_with(kMark)) return std::string(text.substr(kMark.size()));
  }
  return {};
}

// One conversation; `mail` absent: without a mail, and the certificate that the server shows is kept.
Status Converse(const Call& call, const SmtpOptions& options, const Mail* mail, std::optional<Millis> left,
                std::string* certificate = nullptr) {
  InitLibrary();
  const SigpipeGuard guard;
  Transfer transfer;
  transfer.handle.reset(curl_easy_init());
  LF_CHECK(transfer.handle != nullptr, "out of memory");
  transfer.stop = call.stop;
  SetUp(transfer, options);
  // 0 would be no limit.
  const Millis limit = std::clamp(left.value_or(options.total_timeout), Millis(1), options.total_timeout);
  Set(transfer.handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  if (mail != nullptr) {
    SetMail(transfer, options, *mail);
  } else {
    Set(transfer.handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
    Set(transfer.handle.get(), CURLOPT_CERTINFO, 1L);
  }
  const CURLcode code = curl_easy_perform(transfer.handle.get());
  if (certificate != nullptr) *certificate = ShownCertificate(transfer.handle.get());
  DoNotWaitForGoodbye(transfer.handle.get());
  Status verdict = Judge(transfer, code, options);
  transfer.handle.reset();  // says QUIT through OnTrace, which needs the rest of the transfer
  return verdict;
}

}  // namespace

Status DeliverBySmtp(const Call& call, const SmtpOptions& options, const Mail& mail, std::optional<Millis> left) {
  return Converse(call, options, &mail, left);
}

Result<std::string> ProbeSmtp(const SmtpOptions& options) {
  std::string certificate;
  LF_TRY_OK(Converse({}, options, nullptr, {}, &certificate));
  return certificate;
}

}  // namespace lakeferry::notify
