#include "storage/gcs/gcs_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "async/task_group.h"
#include "base/crc32c.h"
#include "json/utf8_check.h"
#include "storage/cloud/front_object.h"
#include "storage/gcs/gcs_fault.h"
#include "storage/gcs/gcs_object.h"
#include "storage/gcs/gcs_writer.h"

namespace lakeferry::gcs {
namespace {

constexpr size_t kListBytesMax = size_t{16} << 20;
constexpr std::string_view kListMax = "1000";

bool IsUtf8(std::string_view text) {
  json::Utf8Check check;
  check.Read(text);
  return check.Finish();
}

ObjectInfo InfoOf(ObjectPath path, StoredObject object) {
  return {.path = std::move(path),
          .size_bytes = object.size_bytes,
          .modified = object.modified,
          .etag = std::move(object.generation),
          .checksums = std::move(object.checksums)};
}

}  // namespace

GcsStore::GcsStore(std::string uri, std::string prefix, std::shared_ptr<GcsClient> client, GcsStoreOptions options,
                   StorePromises promises, UploadBook* uploads)
    : keys_(std::move(uri), prefix),
      client_(std::move(client)),
      options_(options),
      promises_(std::move(promises)),
      uploads_(uploads) {}

std::string GcsStore::BookName(const std::string& key) const {
  const BucketAddress& address = client_->address();
  return fmt::format("{} {} {}", ServiceOf(address), address.bucket, key);
}

StoreTraits GcsStore::traits() const {
  return {.far = true,
          .delete_batch_max = 1000,
          .copies_from = options_.closed ? std::string() : ServiceOf(client_->address()),
          .resumes = Resumes()};
}

Status GcsStore::CheckName(const ObjectPath& path) const {
  LF_TRY_OK(keys_.CheckName(path, "Google's storage"));
  if (IsUtf8(path.text())) return {};
  return Fail(ErrorCode::kInvalidArgument, "Google's storage takes names in UTF-8 alone", keys_.Where(path));
}

Task<Result<ListPage>> GcsStore::List(Call call, ListRequest request) {
  const std::string folder = keys_.FolderKeyOf(request.folder);
  GcsRequest ask{.path = ObjectsPath(client_->address().bucket),
                 .query = {{"prefix", folder},
                           {"maxResults", std::string(kListMax)},
                           {"fields", fmt::format("nextPageToken,prefixes,items({})", kObjectFields)}}};
  if (!request.recursive) ask.query.emplace_back("delimiter", "/");
  if (!request.start_after.empty()) ask.query.emplace_back("startOffset", folder + request.start_after);
  if (!request.resume.empty()) ask.query.emplace_back("pageToken", request.resume);
  ReplyBody body{.text_bytes_max = kListBytesMax};
  auto reply = co_await client_->Send(call, std::move(ask), body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(request.folder));
  if (reply->http.status == 404) {
    reply->fault.message = "The specified bucket does not exist.";  // a folder that does not is an empty listing
  }
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(request.folder)));
  auto result = ReadList(body.text);
  if (!result) co_return FailAt(result.error(), keys_.Where(request.folder));
  ListPage page = keys_.PageOf(request, std::move(result->objects), result->prefixes, InfoOf);
  page.resume = std::move(result->next);
  if (promises_.Vouches()) co_return page;
  for (ObjectInfo& info : page.listing.objects) info.checksums = {};
  co_return page;
}

Task<Result<ObjectInfo>> GcsStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  if (path.empty()) co_return Fail(ErrorCode::kNotFound, "the root is no object", keys_.uri());
  ReplyBody body;
  auto reply = co_await client_->Send(
      call, {.path = client_->PathOf(keys_.KeyOf(path)), .query = {{"fields", std::string(kObjectFields)}}}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  auto object = ReadObject(body.text);
  if (!object) co_return FailAt(object.error(), keys_.Where(path));
  if (!promises_.Vouches()) object->checksums = {};
  co_return InfoOf(std::move(path), *std::move(object));
}

Task<Result<std::string>> GcsStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(CheckName(path));
  ReplyBody body{.text_bytes_max = limit_bytes};
  // What is stored compressed comes as it lies there, and not unpacked.
  auto reply = co_await client_->Send(call,
                                      {.path = client_->PathOf(keys_.KeyOf(path)),
                                       .query = {{"alt", "media"}},
                                       .headers = {{"Accept-Encoding", "gzip"}}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  const auto kept = ChecksumOf(reply->http.headers);
  if (kept && *kept != Crc32cOf(body.text)) {
    co_return Fail(ErrorCode::kCorruptData, "what came has another checksum than what the store keeps",
                   keys_.Where(path));
  }
  co_return std::move(body.text);
}

Task<Result<std::unique_ptr<OpenObject>>> GcsStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  co_return std::make_unique<GcsObject>(client_, keys_.KeyOf(path), *std::move(info), keys_.Where(path));
}

Task<Result<GenerationBytes>> GcsStore::GetFront(Call call, ObjectPath path, size_t bytes) {
  ReplyBody body{.text_bytes_max = bytes};
  const auto reply = co_await client_->Send(call,
                                            {.path = client_->PathOf(keys_.KeyOf(path)),
                                             .query = {{"alt", "media"}},
                                             .headers = {{"Accept-Encoding", "gzip"}},
                                             .range = ByteRange{.first = 0, .last = static_cast<int64_t>(bytes) - 1}},
                                            body);
  LF_CO_TRY_OK(reply);
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  co_return GenerationBytes{.generation = std::string(reply->http.headers.Find("x-goog-generation").value_or("")),
                            .bytes = std::move(body.text)};
}

Task<Result<std::unique_ptr<OpenObject>>> GcsStore::OpenFront(Call call, ObjectPath path, size_t bytes) {
  LF_CO_TRY_OK(CheckName(path));
  auto [info, front] = co_await Both(Head(call, path), GetFront(call, path, std::max<size_t>(bytes, 1)));
  LF_CO_TRY_OK(info);
  const auto size = static_cast<uint64_t>(info->size_bytes);
  const bool is_its =
      front && front->generation == info->etag && front->bytes.size() == std::min<uint64_t>(size, bytes);
  auto rest = std::make_unique<GcsObject>(client_, keys_.KeyOf(path), *std::move(info), keys_.Where(path));
  // An empty object has no range; and what another has made of it meanwhile is not mixed with it.
  if (!is_its) co_return std::move(rest);
  co_return std::make_unique<FrontObject>(std::move(rest), std::move(front->bytes));
}

std::optional<ObjectAddress> GcsStore::AddressOf(const ObjectPath& path, std::string etag) const {
  return AddressOfKey(*client_, keys_.KeyOf(path), std::move(etag));
}

Task<Result<PutOutcome>> GcsStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY(const Created created, co_await Create(std::move(call), std::move(path), std::move(bytes)));
  co_return created.outcome;
}

Task<Result<Created>> GcsStore::Create(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  auto created = co_await InsertIfAbsent(call, client_, keys_.KeyOf(path), keys_.Where(path), bytes);
  if (created && !probed.checks_checksums) created->etag.clear();
  co_return created;
}

Task<Status> GcsStore::Put(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckName(path));
  const UploadBody upload = MakeUploadBody(keys_.KeyOf(path), bytes, Crc32cOf(bytes));
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPost,
                                       .path = UploadsPath(client_->address().bucket),
                                       .query = {{"uploadType", "multipart"}, {"fields", std::string(kObjectFields)}},
                                       .headers = {{"Content-Type", upload.content_type}},
                                       .body = upload.bytes},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (reply->ok()) co_return Status();
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

Task<Result<std::unique_ptr<ObjectWriter>>> GcsStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  auto writer = std::make_unique<GcsWriter>(client_, keys_.KeyOf(path), keys_.Where(path), options_.part_bytes,
                                            hints.size_bytes, probed.checks_checksums);
  // Where no checksum is compared nothing would prove what is left.
  if (hints.resume && hints.size_bytes && Resumes()) {
    const Status taken_up = co_await writer->TakeUp(call, *uploads_, BookName(keys_.KeyOf(path)), *hints.size_bytes);
    if (!taken_up && taken_up.error().code == ErrorCode::kCancelled) co_return std::unexpected(taken_up.error());
  }
  co_return writer;
}

Task<Status> GcsStore::DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) {
  LF_CO_TRY_OK(CheckWanted(call));
  if (uploads_ == nullptr) co_return Status();
  for (const auto& [object, kept] : uploads_->Below(BookName(keys_.FolderKeyOf(folder)))) {
    if (before && kept.begun >= *before) continue;
    GcsUpload upload(client_, {}, keys_.Where(folder));
    upload.Know(std::string(kept.session.Reveal()));
    const Status gone = co_await upload.Abort(call);
    if (!gone && gone.error().code == ErrorCode::kCancelled) co_return gone;
    // One that cannot be ended now ends by itself, a week after it began.
    uploads_->Forget(object);
  }
  co_return Status();
}

Task<Result<GcsReply>> GcsStore::Rewrite(Call call, std::string from, std::string to, std::string source_generation,
                                         std::string target_generation) {
  constexpr std::string_view kRoot = "/storage/v1";
  GcsRequest ask{.method = Method::kPost,
                 .path = fmt::format("{}/rewriteTo{}", from, to.substr(kRoot.size())),
                 .query = {{"ifSourceGenerationMatch", std::move(source_generation)},
                           {"ifGenerationMatch", std::move(target_generation)},
                           {"fields", "done,rewriteToken"}},
                 .conditional = true};
  const auto first = ask.query;
  while (true) {
    ReplyBody body;
    auto reply = co_await client_->Send(call, ask, body);
    LF_CO_TRY_OK(reply);
    if (!reply->ok()) co_return reply;
    const auto result = ReadRewrite(body.text);
    if (!result) co_return Fail(ErrorCode::kOutcomeUnknown, "the store does not say whether it has copied the object");
    if (result->done) co_return reply;
    ask.query = first;
    ask.query.emplace_back("rewriteToken", result->token);
  }
}

Task<Result<CopyOutcome>> GcsStore::WhichCondition(Call call, ObjectPath path) {
  const auto there = co_await Head(call, path);
  if (there) co_return CopyOutcome::kExisted;
  if (there.error().code == ErrorCode::kNotFound) co_return CopyOutcome::kNotPossible;
  co_return std::unexpected(there.error());
}

Task<Result<CopyOutcome>> GcsStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  if (options_.closed || from.service != ServiceOf(client_->address())) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  // A service that overlooks the conditions of a rewrite would replace.
  if (!probed.refuses_second_copy) co_return CopyOutcome::kNotPossible;
  auto reply = co_await Rewrite(call, from.place, client_->PathOf(keys_.KeyOf(path)), from.etag, "0");
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (reply->ok()) co_return CopyOutcome::kCreated;
  if (reply->http.status == 412) co_return co_await WhichCondition(call, std::move(path));
  // It may be that we may not read there, or that the object is gone.
  co_return CopyOutcome::kNotPossible;
}

Task<Result<bool>> GcsStore::Touch(Call call, ObjectPath path) {
  const auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  const std::string itself = client_->PathOf(keys_.KeyOf(path));
  auto reply = co_await Rewrite(call, itself, itself, info->etag, info->etag);
  if (!reply) {
    Error error = reply.error();
    // Once more does no harm.
    if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
    co_return FailAt(error, keys_.Where(path));
  }
  // Whoever has replaced it meanwhile has made it one of now.
  if (reply->ok() || reply->http.status == 412) co_return true;
  if (reply->http.status >= 500) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  co_return false;
}

Task<Status> GcsStore::DeleteObject(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  ReplyBody body;
  auto reply =
      co_await client_->Send(call, {.method = Method::kDelete, .path = client_->PathOf(keys_.KeyOf(path))}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (reply->ok() || (reply->http.status == 404 && !IsNoBucket(*reply))) co_return Status();
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

// One that fails keeps no other; a stop ends them all.
Task<Status> GcsStore::DeleteOrTell(Call call, ObjectPath path, std::vector<NotDeleted>& stayed) {
  const Status gone = co_await DeleteObject(call, path);
  if (!gone && gone.error().code == ErrorCode::kCancelled) co_return gone;
  if (!gone) stayed.push_back({.path = std::move(path), .error = gone.error()});
  co_return Status();
}

Task<Result<std::vector<NotDeleted>>> GcsStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<NotDeleted> stayed;
  const auto one = [&](size_t number) { return DeleteOrTell(call, paths[number], stayed); };
  LF_CO_TRY_OK(co_await ParallelFor(paths.size(), options_.deletes_at_once, one));
  co_return stayed;
}

}  // namespace lakeferry::gcs
