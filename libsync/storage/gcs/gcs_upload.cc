#include "storage/gcs/gcs_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/known_secrets.h"
#include "storage/gcs/gcs_fault.h"

namespace lakeferry::gcs {
namespace {

constexpr int kGoOn = 308;

// "bytes=0-262143": how many the store has; it says nothing where it has none.
std::optional<int64_t> HeldBytes(const Headers& headers) {
  const auto range = headers.Find("Range");
  if (!range) return 0;
  const size_t dash = range->rfind('-');
  int64_t last = 0;
  if (dash == std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(range->data() + dash + 1, range->data() + range->size(), last);
  if (error != std::errc() || end != range->data() + range->size() || last < 0) return std::nullopt;
  return last + 1;
}

std::string RangeText(int64_t first, int64_t size, std::optional<int64_t> total) {
  const std::string whole = total ? std::to_string(*total) : "*";
  return size == 0 ? fmt::format("bytes */{}", whole) : fmt::format("bytes {}-{}/{}", first, first + size - 1, whole);
}

// Path and query as a request may have them, wherever they come from.
bool IsTarget(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

Task<Result<bool>> GcsUpload::Begin(Call call) {
  const std::string object = WriteObject(key_);
  ReplyBody body;
  auto reply = co_await client_->Send(
      call,
      {.method = Method::kPost,
       .path = UploadsPath(client_->address().bucket),
       .query = {{"uploadType", "resumable"}, {"name", key_}, {"ifGenerationMatch", "0"}},
       .headers = {{"Content-Type", "application/json"}, {"X-Upload-Content-Type", "application/octet-stream"}},
       .body = object},
      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->http.status == 412) co_return false;
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  const auto location = reply->http.headers.Find("Location");
  const auto url = ParseUrl(location.value_or(""));
  if (!url) co_return Fail(ErrorCode::kCorruptData, "the store begins an upload and does not say where", where_);
  // It goes on with whom we speak to: a token is for nobody else.
  Know(url->target);
  co_return true;
}

void GcsUpload::Know(std::string session) {
  constexpr std::string_view kId = "upload_id=";
  const size_t at = session.find(kId);
  std::string id = at == std::string::npos ? session : session.substr(at + kId.size());
  hidden_ = RememberWhile(Secret(id.substr(0, id.find('&'))));
  session_ = std::move(session);
}

Task<Result<bool>> GcsUpload::TakeUp(Call call, std::string session) {
  if (!IsTarget(session)) co_return false;
  ReplyBody body;
  // Not with its length: where all of it is there the upload would end by that, and nothing had been compared.
  const auto reply = co_await client_->Send(
      call, {.method = Method::kPut, .path = session, .headers = {{"Content-Range", RangeText(0, 0, {})}}}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  const auto held = reply->http.status == kGoOn ? HeldBytes(reply->http.headers) : std::nullopt;
  if (!held || *held % static_cast<int64_t>(kChunkStep) != 0) co_return false;
  Know(std::move(session));
  sent_ = *held;
  taken_up_ = true;
  co_return true;
}

Result<GcsUpload::State> GcsUpload::StateOf(const GcsReply& reply, const Piece& piece, std::string text) {
  if (reply.ok() && piece.total) return State{.done = true, .object = std::move(text)};
  if (reply.http.status == 412) return State{.done = true, .existed = true};
  if (reply.http.status == 404 || reply.http.status == 410) {
    return Fail(ErrorCode::kUnavailable, "the store has forgotten the upload", where_, "it is begun anew");
  }
  if (reply.http.status != kGoOn && !reply.ok()) return std::unexpected(ErrorOf(reply, where_));
  const auto held = reply.http.status == kGoOn ? HeldBytes(reply.http.headers) : std::nullopt;
  const auto end = piece.begin + static_cast<int64_t>(piece.bytes.size());
  if (!held || *held > end) {
    return Fail(ErrorCode::kCorruptData, "the store has other bytes of the upload than were sent", where_);
  }
  // It may keep less than it was sent, but what it said that it keeps is given away.
  if (*held < piece.begin) return Fail(ErrorCode::kUnavailable, "the store has lost bytes of the upload", where_);
  sent_ = *held;
  return State{};
}

bool GcsUpload::Holds(const Piece& piece) const {
  return !piece.total && sent_ == piece.begin + static_cast<int64_t>(piece.bytes.size());
}

Task<GcsUpload::Attempted> GcsUpload::PutRest(Call call, const Piece& piece) {
  const std::span<const char> rest = piece.bytes.subspan(static_cast<size_t>(sent_ - piece.begin));
  Headers headers{{"Content-Range", RangeText(sent_, static_cast<int64_t>(rest.size()), piece.total)}};
  if (piece.total) headers.Add("X-Goog-Hash", fmt::format("crc32c={}", ChecksumText(piece.crc32c)));
  ReplyBody body;
  auto reply = co_await client_->Send(
      call, {.method = Method::kPut, .path = session_, .headers = std::move(headers), .body = rest, .once = true},
      body);
  if (!reply) {
    const ErrorCode code = reply.error().code;
    const bool may_pass = code == ErrorCode::kUnavailable || code == ErrorCode::kOutcomeUnknown;
    co_return Attempted{.state = std::unexpected(reply.error()), .may_pass = may_pass};
  }
  if (IsBusy(*reply) || RetryClassOf(reply->http.status) != RetryClass::kFinal) {
    co_return Attempted{.state = std::unexpected(ErrorOf(*reply, where_)),
                        .may_pass = true,
                        .wait = client_->PauseOf(reply->http.headers)};
  }
  co_return Attempted{.state = StateOf(*reply, piece, std::move(body.text))};
}

Task<Result<GcsUpload::State>> GcsUpload::AskState(Call call, const Piece& piece) {
  ReplyBody body;
  Headers headers{{"Content-Range", RangeText(0, 0, piece.total)}};
  auto reply =
      co_await client_->Send(call, {.method = Method::kPut, .path = session_, .headers = std::move(headers)}, body);
  LF_CO_TRY_OK(reply);
  co_return StateOf(*reply, piece, std::move(body.text));
}

Task<Result<GcsUpload::State>> GcsUpload::SendPiece(Call call, Piece piece) {
  Attempts attempts = client_->NewAttempts();
  while (true) {
    const int64_t before = sent_;
    Attempted attempt = co_await PutRest(call, piece);
    const bool over = attempt.state ? attempt.state->done || Holds(piece) : !attempt.may_pass;
    if (over) co_return std::move(attempt.state);
    if (sent_ > before) {
      attempts.Progressed();
      continue;
    }
    const bool again = co_await attempts.Again(call, attempt.wait);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop");
    if (!again && attempt.state) co_return Fail(ErrorCode::kUnavailable, "the store does not take the upload");
    if (!again) co_return std::move(attempt.state);
    if (attempt.state) continue;
    // It may have arrived, all or in part; sent again, it must not stand there twice.
    auto state = co_await AskState(call, piece);
    if (!state || state->done || Holds(piece)) co_return state;
    if (sent_ > before) attempts.Progressed();
  }
}

Task<Status> GcsUpload::Send(Call call, std::span<const char> bytes) {
  const auto state = co_await SendPiece(call, {.bytes = bytes, .begin = sent_, .total = {}});
  if (!state) {
    Error error = state.error();
    // The session can be asked: that it was done is no question that the object has.
    if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
    co_return FailAt(error, where_);
  }
  if (state->existed) co_return Fail(ErrorCode::kUnavailable, "the store has ended the upload", where_);
  co_return Status();
}

Task<Result<PutOutcome>> GcsUpload::FinishIfAbsent(Call call, std::span<const char> bytes, uint32_t crc32c) {
  const int64_t total = sent_ + static_cast<int64_t>(bytes.size());
  const auto state = co_await SendPiece(call, {.bytes = bytes, .begin = sent_, .total = total, .crc32c = crc32c});
  if (!state) {
    Error error = state.error();
    // Nobody knows whether the last attempt was the one that arrived.
    const bool open = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kThrottled;
    if (open) error.code = ErrorCode::kOutcomeUnknown;
    co_return FailAt(error, where_);
  }
  session_.clear();
  if (state->existed) co_return PutOutcome::kExisted;
  const Status right = co_await CheckObject(call, state->object, crc32c);
  LF_CO_TRY_OK(right);
  co_return PutOutcome::kCreated;
}

Task<Status> GcsUpload::CheckObject(Call call, std::string json, uint32_t crc32c) {
  const auto object = ReadObject(json);
  if (!object) co_return Fail(ErrorCode::kOutcomeUnknown, "the store does not say what it has made", where_);
  if (!object->checksums.crc32c && !taken_up_) co_return Status();
  if (object->checksums.crc32c == crc32c) {
    generation_ = object->generation;
    co_return Status();
  }
  ReplyBody body;
  const auto gone = co_await client_->Send(
      call.Unstoppable(),
      {.method = Method::kDelete, .path = client_->PathOf(key_), .query = {{"ifGenerationMatch", object->generation}}},
      body);
  co_return Fail(ErrorCode::kCorruptData,
                 gone && gone->ok() ? "the store finds another checksum than what was sent"
                                    : "the store finds another checksum than what was sent, and keeps the object",
                 where_);
}

Task<Status> GcsUpload::Abort(Call call) {
  if (!begun()) co_return Status();
  constexpr int kGone = 499;  // what the documentation promises
  ReplyBody body;
  auto reply = co_await client_->Send(call, {.method = Method::kDelete, .path = session_}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  const int status = reply->http.status;
  if (!reply->ok() && status != kGone && status != 404 && status != 410) {
    co_return std::unexpected(ErrorOf(*reply, where_));
  }
  session_.clear();
  co_return Status();
}

}  // namespace lakeferry::gcs
