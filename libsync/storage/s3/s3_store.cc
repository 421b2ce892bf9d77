#include "storage/s3/s3_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "base/crc64.h"
#include "http/http_date.h"
#include "storage/cloud/front_object.h"
#include "storage/cloud/size_text.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/open_uploads.h"
#include "storage/s3/s3_copy.h"
#include "storage/s3/s3_fault.h"
#include "storage/s3/s3_object.h"
#include "storage/s3/s3_writer.h"

namespace lakeferry::s3 {
namespace {

constexpr size_t kDropsAtOnce = 4;
constexpr size_t kListBytesMax = size_t{16} << 20;  // a thousand names of 1 KiB, each byte of it in three

ObjectInfo InfoOfListed(ObjectPath path, ListedObject object) {
  return {.path = std::move(path),
          .size_bytes = object.size_bytes,
          .modified = object.modified,
          .etag = std::move(object.etag)};
}

// Of a reply to HEAD: what it does not say is not taken for nothing.
Result<ObjectInfo> InfoOf(ObjectPath path, const HttpReply& reply, std::string where) {
  const auto size = SizeOf(reply.headers.Find("Content-Length").value_or(""));
  const auto modified = ParseHttpDate(reply.headers.Find("Last-Modified").value_or(""));
  const auto etag = reply.headers.Find("ETag");
  if (!size || !modified || !etag) {
    return Fail(ErrorCode::kCorruptData, "the store does not say size, time and ETag of an object", std::move(where),
                "see what answers at the endpoint: is it an S3 service?");
  }
  return ObjectInfo{.path = std::move(path),
                    .size_bytes = *size,
                    .modified = *modified,
                    .etag = std::string(*etag),
                    .checksums = ChecksumsOf(reply.headers)};
}

}  // namespace

S3Store::S3Store(std::string uri, std::string prefix, std::shared_ptr<S3Client> client,
                 std::shared_ptr<StoreProbe> probe, S3StoreOptions options)
    : keys_(std::move(uri), prefix), client_(std::move(client)), promises_(std::move(probe)), options_(options) {}

// A retention (Object Lock) is counted from the beginning of an upload, and would be shorter for one that was taken up.
bool S3Store::Resumes() const { return tells_uploads_ && promises_.Vouches() && !client_->address().terms.lock; }

StoreTraits S3Store::traits() const {
  return {.far = true,
          .delete_batch_max = 1000,
          .copies_from = options_.closed ? std::string() : ServiceOf(client_->address()),
          .resumes = Resumes()};
}

Task<Result<ListPage>> S3Store::List(Call call, ListRequest request) {
  const std::string folder = keys_.FolderKeyOf(request.folder);
  S3Request ask{.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", folder}}};
  if (!request.recursive) ask.query.emplace_back("delimiter", "/");
  if (!request.resume.empty())
    ask.query.emplace_back("continuation-token", request.resume);
  else if (!request.start_after.empty())
    ask.query.emplace_back("start-after", folder + request.start_after);
  ReplyBody body{.text_bytes_max = kListBytesMax};
  auto reply = co_await client_->Send(call, std::move(ask), body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(request.folder));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(request.folder)));
  auto result = ReadList(body.text);
  if (!result) co_return FailAt(result.error(), keys_.Where(request.folder));
  ListPage page = keys_.PageOf(request, std::move(result->objects), result->prefixes, InfoOfListed);
  page.resume = std::move(result->next);
  co_return page;
}

// HEAD is answered without a word: that a reader has to bring a key (SSE-C), GET says.
Task<Error> S3Store::WhyNot(Call call, ObjectPath path) {
  ReplyBody body;
  auto reply =
      co_await client_->Send(call, {.key = keys_.KeyOf(path), .range = ByteRange{.first = 0, .last = 0}}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path)).error();
  if (reply->ok()) reply->http.status = 400;
  co_return ErrorOf(*reply, keys_.Where(path));
}

Task<Result<ObjectInfo>> S3Store::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  if (path.empty()) co_return Fail(ErrorCode::kNotFound, "the root is no object", keys_.uri());
  ReplyBody body;
  auto reply = co_await client_->Send(
      call, {.method = Method::kHead, .key = keys_.KeyOf(path), .headers = {{"x-amz-checksum-mode", "ENABLED"}}}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (reply->http.status == 400) {
    Error why = co_await WhyNot(call, path);
    co_return std::unexpected(std::move(why));
  }
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  std::string where = keys_.Where(path);
  auto info = InfoOf(std::move(path), reply->http, std::move(where));
  if (info && !promises_.Vouches()) info->checksums = {};
  co_return info;
}

Task<Result<std::string>> S3Store::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  ReplyBody body{.text_bytes_max = limit_bytes};
  auto reply =
      co_await client_->Send(call, {.key = keys_.KeyOf(path), .headers = {{"x-amz-checksum-mode", "ENABLED"}}}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  const ObjectChecksums kept = ChecksumsOf(reply->http.headers);
  if (kept.crc64 && *kept.crc64 != Crc64Of(body.text)) {
    co_return Fail(ErrorCode::kCorruptData, "what came has another checksum than what the store keeps",
                   keys_.Where(path));
  }
  co_return std::move(body.text);
}

Task<Result<std::unique_ptr<OpenObject>>> S3Store::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  co_return std::make_unique<S3Object>(client_, keys_.KeyOf(path), *std::move(info), keys_.Where(path));
}

Task<Result<std::unique_ptr<OpenObject>>> S3Store::OpenFront(Call call, ObjectPath path, size_t bytes) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  ReplyBody body{.text_bytes_max = bytes};
  const auto reply = co_await client_->Send(
      call,
      {.key = keys_.KeyOf(path),
       .range = ByteRange{.first = 0, .last = std::max<int64_t>(static_cast<int64_t>(bytes), 1) - 1}},
      body);
  const bool longer = !reply && reply.error().code == ErrorCode::kCorruptData;
  if (!reply && !longer) co_return FailAt(reply.error(), keys_.Where(path));
  auto front = reply ? FrontOf(path, reply->http, std::move(body.text)) : std::nullopt;
  // An empty object has no range, and who knows no ranges may answer with more than was asked for.
  if (!front) co_return co_await Open(std::move(call), std::move(path));
  auto rest = std::make_unique<S3Object>(client_, keys_.KeyOf(path), front->info, keys_.Where(path));
  co_return std::make_unique<FrontObject>(std::move(rest), std::move(front->bytes));
}

std::optional<ObjectAddress> S3Store::AddressOf(const ObjectPath& path, std::string etag) const {
  return AddressOfKey(client_->address(), keys_.KeyOf(path), std::move(etag));
}

Task<Result<S3Reply>> S3Store::PutObject(Call call, ObjectPath path, const std::string& bytes, PutOn on) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  Headers headers{{"Content-Type", "application/octet-stream"},
                  {"x-amz-checksum-crc64nvme", ChecksumText(Crc64Of(bytes))}};
  if (on.absent) headers.Add("If-None-Match", "*");
  if (!on.etag.empty()) headers.Add("If-Match", on.etag);
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = keys_.KeyOf(path),
                                       .headers = std::move(headers),
                                       .body = bytes,
                                       .conditional = on.absent},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  co_return reply;
}

Task<Result<PutOutcome>> S3Store::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY(const Created created, co_await Create(std::move(call), std::move(path), std::move(bytes)));
  co_return created.outcome;
}

Task<Result<Created>> S3Store::Create(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  const auto probed = co_await promises_.BeforeWriting(call, keys_.uri());
  LF_CO_TRY_OK(probed);
  auto reply = co_await PutObject(call, path, bytes, {.absent = true});
  LF_CO_TRY_OK(reply);
  if (reply->ok()) {
    const auto etag = probed->checks_checksums ? reply->http.headers.Find("ETag") : std::nullopt;
    co_return Created{.etag = std::string(etag.value_or(""))};
  }
  if (reply->http.status == 412) co_return Created{.outcome = PutOutcome::kExisted};
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

Task<Status> S3Store::Put(Call call, ObjectPath path, std::string bytes) {
  auto reply = co_await PutObject(call, path, bytes, {});
  LF_CO_TRY_OK(reply);
  if (reply->ok()) co_return Status();
  if (reply->http.status == 403) co_return co_await PutOnCondition(call, path, std::move(bytes), *std::move(reply));
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

// A bucket's policy may demand a condition of every write. One of what is there is as good as none: whoever comes in
// between has written something newer.
Task<Status> S3Store::PutOnCondition(Call call, ObjectPath path, std::string bytes, S3Reply refusal) {
  const auto there = co_await Head(call, path);
  PutOn on{.absent = !there, .etag = there ? there->etag : std::string()};
  if (!there && there.error().code != ErrorCode::kNotFound) {
    co_return std::unexpected(ErrorOf(refusal, keys_.Where(path)));
  }
  auto reply = co_await PutObject(call, path, bytes, std::move(on));
  LF_CO_TRY_OK(reply);
  if (reply->ok() || reply->http.status == 412) co_return Status();
  co_return std::unexpected(ErrorOf(refusal, keys_.Where(path)));
}

Task<Result<std::unique_ptr<ObjectWriter>>> S3Store::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  const auto probed = co_await promises_.BeforeWriting(call, keys_.uri());
  LF_CO_TRY_OK(probed);
  auto writer = std::make_unique<S3Writer>(client_, keys_.KeyOf(path), keys_.Where(path),
                                           PartBytesFor(hints.size_bytes, options_.part_bytes_min), hints.size_bytes,
                                           probed->checks_checksums);
  if (hints.resume && hints.size_bytes && writer->in_parts() && Resumes()) {
    LF_CO_TRY_OK(co_await TakeUp(std::move(call), *writer));
  }
  co_return writer;
}

// Whoever may not ask for uploads once need not ask again; a right that is given later counts from the next start on.
bool S3Store::IsDenied(const Status& asked) {
  const bool denied =
      !asked && (asked.error().code == ErrorCode::kUnauthorized || asked.error().code == ErrorCode::kInternal);
  if (denied) tells_uploads_ = false;
  return denied;
}

// What cannot be found out is sent again.
Task<Status> S3Store::TakeUp(Call call, S3Writer& writer) {
  const Status found = co_await writer.TakeUp(std::move(call));
  if (!IsDenied(found) && !found && found.error().code == ErrorCode::kCancelled) co_return found;
  co_return Status();
}

Task<Status> S3Store::DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) {
  LF_CO_TRY_OK(CheckWanted(call));
  if (!tells_uploads_) co_return Status();
  const std::string where = keys_.Where(folder);
  auto uploads = co_await ListOpenUploads(call, client_, keys_.FolderKeyOf(folder), where);
  if (!uploads && IsDenied(std::unexpected(uploads.error()))) co_return Status();
  LF_CO_TRY_OK(uploads);
  if (before) std::erase_if(*uploads, [&before](const OpenUpload& one) { return one.begun >= *before; });
  const auto one = [&](size_t number) { return DropUpload(call, client_, (*uploads)[number], where); };
  co_return co_await ParallelFor(uploads->size(), kDropsAtOnce, one);
}

Task<Result<CopyOutcome>> S3Store::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(keys_.CheckName(path, "S3"));
  LF_CO_TRY_OK(CheckWanted(call));
  if (options_.closed || from.service != ServiceOf(client_->address())) co_return CopyOutcome::kNotPossible;
  const auto probed = co_await promises_.BeforeWriting(call, keys_.uri());
  LF_CO_TRY_OK(probed);
  S3Copy copy(client_, keys_.KeyOf(path), keys_.Where(path), *probed, from.resume && Resumes());
  auto outcome = co_await copy.Run(call, std::move(from));
  [[maybe_unused]] const bool denied = IsDenied(copy.asked());
  co_return outcome;
}

Task<Result<bool>> S3Store::Touch(Call call, ObjectPath path) {
  const auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  ReplyBody body;
  const std::string place = CopySourceOf(client_->address(), keys_.KeyOf(path));
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = keys_.KeyOf(path),
                                       .headers = {{"x-amz-copy-source", PercentEncode(place, true)},
                                                   {"x-amz-copy-source-if-match", info->etag},
                                                   {"x-amz-checksum-algorithm", "CRC64NVME"},
                                                   {"x-amz-metadata-directive", "REPLACE"}}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (reply->ok()) co_return true;
  if (reply->http.status >= 500) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  co_return false;
}

Task<Result<std::vector<NotDeleted>>> S3Store::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<NotDeleted> refused;
  std::erase_if(paths, [&](const ObjectPath& path) {
    const Status named = keys_.CheckName(path, "S3");
    if (!named) refused.push_back({.path = path, .error = named.error()});
    return !named;
  });
  if (paths.empty()) co_return refused;
  auto stayed = co_await DeleteKeys(call, std::move(paths));
  LF_CO_TRY_OK(stayed);
  std::ranges::move(refused, std::back_inserter(*stayed));
  co_return stayed;
}

Task<Result<std::vector<NotDeleted>>> S3Store::DeleteKeys(Call call, std::vector<ObjectPath> paths) {
  std::vector<std::string> keys;
  keys.reserve(paths.size());
  for (const ObjectPath& path : paths) keys.push_back(keys_.KeyOf(path));
  const std::string xml = WriteDelete(keys);
  ReplyBody body{.text_bytes_max = kListBytesMax};
  auto reply = co_await client_->Send(
      call,
      {.method = Method::kPost,
       .query = {{"delete", ""}},
       .headers = {{"Content-Type", "application/xml"}, {"x-amz-checksum-crc64nvme", ChecksumText(Crc64Of(xml))}},
       .body = xml},
      body);
  if (!reply) co_return FailAt(reply.error(), keys_.uri());
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.uri()));
  auto stayed = ReadNotDeleted(body.text);
  if (!stayed) co_return FailAt(stayed.error(), keys_.uri());
  std::vector<NotDeleted> result;
  for (const NotDeletedKey& one : *stayed) {
    if (one.fault.code == "NoSuchKey") continue;
    const auto path = keys_.PathOf(one.key);
    if (!path) continue;
    result.push_back(
        {.path = *path, .error = ErrorOf({.http = {.status = 403}, .fault = one.fault}, keys_.Where(*path))});
  }
  co_return result;
}

}  // namespace lakeferry::s3
