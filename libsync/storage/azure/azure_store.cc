#include "storage/azure/azure_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "base/crc64.h"
#include "http/http_date.h"
#include "storage/azure/azure_blocks.h"
#include "storage/azure/azure_copy.h"
#include "storage/azure/azure_fault.h"
#include "storage/azure/azure_object.h"
#include "storage/azure/azure_writer.h"
#include "storage/cloud/front_object.h"
#include "storage/cloud/size_text.h"

namespace lakeferry::azure {
namespace {

constexpr size_t kListBytesMax = size_t{64} << 20;  // 5,000 names with all that Azure and others say of them
constexpr size_t kDeleteMax = 256;
constexpr size_t kDeletesAtOnce = 16;

bool IsFolder(const HttpReply& reply) {
  return reply.headers.Find("x-ms-resource-type") == "directory" ||
         reply.headers.Find("x-ms-meta-hdi_isfolder").value_or("").starts_with('t');
}

ObjectInfo InfoOfListed(ObjectPath path, ListedBlob blob) {
  return {
      .path = std::move(path), .size_bytes = blob.size_bytes, .modified = blob.modified, .etag = std::move(blob.etag)};
}

// Of a reply to HEAD: what it does not say is not taken for nothing.
Result<ObjectInfo> InfoOf(ObjectPath path, const HttpReply& reply, std::string where) {
  const auto size = SizeOf(reply.headers.Find("Content-Length").value_or(""));
  const auto modified = ParseHttpDate(reply.headers.Find("Last-Modified").value_or(""));
  const auto etag = reply.headers.Find("ETag");
  if (!size || !modified || !etag) {
    return Fail(ErrorCode::kCorruptData, "the store does not say size, time and ETag of a blob", std::move(where),
                "see what answers at the endpoint: is it a Blob service?");
  }
  return ObjectInfo{.path = std::move(path), .size_bytes = *size, .modified = *modified, .etag = std::string(*etag)};
}

}  // namespace

AzureStore::AzureStore(std::string uri, std::string prefix, std::shared_ptr<AzureClient> client,
                       AzureStoreOptions options, StorePromises promises)
    : keys_(std::move(uri), prefix), client_(std::move(client)), options_(options), promises_(std::move(promises)) {}

StoreTraits AzureStore::traits() const {
  return {.far = true,
          .delete_batch_max = kDeleteMax,
          .copies_from = CloudOf(client_->address()),
          .resumes = promises_.Vouches()};
}

Status AzureStore::CheckName(const ObjectPath& path) const {
  LF_TRY_OK(keys_.CheckName(path, "Azure"));
  // The service drops such a dot, and takes a backslash for a slash: two names would be one.
  if (!path.text().ends_with('.') && !path.text().contains("./") && !path.text().contains('\\')) return {};
  return Fail(ErrorCode::kInvalidArgument, "Azure takes no name with a backslash, or with a part that ends with a dot",
              keys_.Where(path), "choose another name");
}

Task<Result<ListPage>> AzureStore::List(Call call, ListRequest request) {
  LF_CO_TRY_OK(CheckWanted(call));
  // The metadata tells what Hadoop's driver left for a folder.
  AzureRequest ask{.query = {{"restype", "container"},
                             {"comp", "list"},
                             {"include", "metadata"},
                             {"prefix", keys_.FolderKeyOf(request.folder)}}};
  if (!request.recursive) ask.query.emplace_back("delimiter", "/");
  if (!request.resume.empty()) ask.query.emplace_back("marker", request.resume);
  ReplyBody body{.text_bytes_max = kListBytesMax};
  auto reply = co_await client_->Send(call, std::move(ask), body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(request.folder));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(request.folder)));
  auto result = ReadList(body.text);
  if (!result) co_return FailAt(result.error(), keys_.Where(request.folder));
  hierarchical_ = hierarchical_ || result->hierarchical;
  std::erase_if(result->blobs, [](const ListedBlob& blob) { return blob.is_folder; });
  ListPage page = keys_.PageOf(request, std::move(result->blobs), result->prefixes, InfoOfListed);
  page.resume = std::move(result->next);
  co_return page;
}

Task<Result<AzureReply>> AzureStore::Look(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  ReplyBody body;
  auto reply = co_await client_->Send(call, {.method = Method::kHead, .blob = keys_.KeyOf(path)}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  if (IsFolder(reply->http)) co_return Fail(ErrorCode::kNotFound, "a directory is no object", keys_.Where(path));
  co_return reply;
}

Task<Result<ObjectInfo>> AzureStore::Head(Call call, ObjectPath path) {
  if (path.empty()) co_return Fail(ErrorCode::kNotFound, "the root is no object", keys_.uri());
  const auto reply = co_await Look(call, path);
  LF_CO_TRY_OK(reply);
  std::string where = keys_.Where(path);
  co_return InfoOf(std::move(path), reply->http, std::move(where));
}

Task<Result<std::string>> AzureStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  ReplyBody body{.text_bytes_max = limit_bytes};
  auto reply = co_await client_->Send(call, {.blob = keys_.KeyOf(path)}, body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  if (IsFolder(reply->http)) co_return Fail(ErrorCode::kNotFound, "a directory is no object", keys_.Where(path));
  co_return std::move(body.text);
}

Task<Result<std::unique_ptr<OpenObject>>> AzureStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  co_return std::make_unique<AzureObject>(client_, keys_.KeyOf(path), *std::move(info), keys_.Where(path));
}

Task<Result<std::unique_ptr<OpenObject>>> AzureStore::OpenFront(Call call, ObjectPath path, size_t bytes) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  const int64_t last = std::max<int64_t>(static_cast<int64_t>(bytes), 1) - 1;
  ReplyBody body{.text_bytes_max = bytes};
  const auto reply =
      co_await client_->Send(call, {.blob = keys_.KeyOf(path), .range = ByteRange{.first = 0, .last = last}}, body);
  const bool longer = !reply && reply.error().code == ErrorCode::kCorruptData;
  if (!reply && !longer) co_return FailAt(reply.error(), keys_.Where(path));
  const bool object = reply && !IsFolder(reply->http);
  auto front = object ? FrontOf(path, reply->http, std::move(body.text)) : std::nullopt;
  // An empty blob has no range, and a folder is none.
  if (!front) co_return co_await Open(std::move(call), std::move(path));
  auto rest = std::make_unique<AzureObject>(client_, keys_.KeyOf(path), front->info, keys_.Where(path));
  co_return std::make_unique<FrontObject>(std::move(rest), std::move(front->bytes));
}

Task<Result<AzureReply>> AzureStore::PutBlob(Call call, ObjectPath path, const std::string& bytes, bool if_absent) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  const uint64_t crc64 = Crc64Of(bytes);
  Headers headers = NewBlobHeaders(crc64);
  headers.Add("x-ms-blob-type", "BlockBlob");
  headers.Add("x-ms-content-crc64", ContentCrc64(crc64));
  if (if_absent) headers.Add("If-None-Match", "*");
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .blob = keys_.KeyOf(path),
                                       .headers = std::move(headers),
                                       .body = bytes,
                                       .conditional = if_absent},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  co_return reply;
}

std::optional<ObjectAddress> AzureStore::AddressOf(const ObjectPath& path, std::string etag) const {
  return AddressOfBlob(client_, keys_.KeyOf(path), std::move(etag));
}

Task<Result<PutOutcome>> AzureStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY(const Created created, co_await Create(std::move(call), std::move(path), std::move(bytes)));
  co_return created.outcome;
}

Task<Result<Created>> AzureStore::Create(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  const auto reply = co_await PutBlob(call, path, bytes, true);
  LF_CO_TRY_OK(reply);
  if (reply->ok()) {
    const auto etag = probed.checks_checksums ? reply->http.headers.Find("ETag") : std::nullopt;
    co_return Created{.etag = std::string(etag.value_or(""))};
  }
  if (SaysExists(*reply)) co_return Created{.outcome = PutOutcome::kExisted};
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

Task<Status> AzureStore::Put(Call call, ObjectPath path, std::string bytes) {
  const auto reply = co_await PutBlob(call, path, bytes, false);
  LF_CO_TRY_OK(reply);
  if (reply->ok()) co_return Status();
  co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
}

Task<Result<std::unique_ptr<ObjectWriter>>> AzureStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  auto writer = std::make_unique<AzureWriter>(client_, keys_.KeyOf(path), keys_.Where(path),
                                              PartBytesFor(hints.size_bytes, options_.part_bytes_min), hints.size_bytes,
                                              probed.checks_checksums);
  if (hints.resume && hints.size_bytes && writer->in_blocks() && probed.checks_checksums) {
    const Status found = co_await writer->TakeUp(std::move(call));
    // What cannot be found out is sent again.
    if (!found && found.error().code == ErrorCode::kCancelled) co_return std::unexpected(found.error());
  }
  co_return writer;
}

Task<Result<CopyOutcome>> AzureStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  if (from.service != CloudOf(client_->address())) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY(const Probed probed, co_await promises_.BeforeWriting(call, keys_.uri()));
  if (!probed.refuses_second_copy) co_return CopyOutcome::kNotPossible;
  const auto held = std::dynamic_pointer_cast<AzureSource>(from.held);
  std::shared_ptr<AzureClient> source = held == nullptr ? nullptr : held->client();
  const std::string account = source == nullptr ? std::string() : ServiceOf(source->address());
  if (!options_.closed && account == ServiceOf(client_->address())) source.reset();
  if (source != nullptr && closed_to_us_.contains(account)) co_return CopyOutcome::kNotPossible;
  AzureCopy copy(client_, source, keys_.KeyOf(path), keys_.Where(path), options_.copies_at_once);
  const auto outcome = co_await copy.Run(call, std::move(from));
  if (source != nullptr && copy.denied()) closed_to_us_.insert(account);
  co_return outcome;
}

Task<Result<bool>> AzureStore::Touch(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  const auto there = co_await Look(call, path);
  LF_CO_TRY_OK(there);
  Headers headers{{"If-Match", std::string(there->http.headers.Find("ETag").value_or(""))}};
  for (const auto& [name, value] : there->http.headers) {
    if (name.starts_with("x-ms-meta-")) headers.Add(name, value);
  }
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .blob = keys_.KeyOf(path),
                                       .query = {{"comp", "metadata"}},
                                       .headers = std::move(headers)},
                                      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  // Whoever has replaced it meanwhile has made it one of now.
  if (reply->ok() || reply->http.status == 412) co_return true;
  if (reply->http.status >= 500) co_return std::unexpected(ErrorOf(*reply, keys_.Where(path)));
  co_return false;
}

Task<Status> AzureStore::DeleteBlob(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  ReplyBody body;
  auto reply = co_await client_->Send(
      call, {.method = Method::kDelete, .blob = keys_.KeyOf(path), .headers = {{"x-ms-delete-snapshots", "include"}}},
      body);
  if (!reply) co_return FailAt(reply.error(), keys_.Where(path));
  // A directory is no object, and so it is not there.
  if (reply->ok() || reply->fault.code == "BlobNotFound" || reply->fault.code == "DirectoryIsNotEmpty") {
    co_return Status();
  }
  Error error = ErrorOf(*reply, keys_.Where(path));
  if (error.code == ErrorCode::kNotFound) co_return Status();
  co_return std::unexpected(std::move(error));
}

// One that fails keeps no other; a stop ends them all.
Task<Status> AzureStore::DeleteOrTell(Call call, ObjectPath path, std::vector<NotDeleted>& stayed) {
  const Status gone = co_await DeleteBlob(call, path);
  if (!gone && gone.error().code == ErrorCode::kCancelled) co_return gone;
  if (!gone) stayed.push_back({.path = std::move(path), .error = gone.error()});
  co_return Status();
}

Task<Result<std::vector<NotDeleted>>> AzureStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<NotDeleted> stayed;
  const auto one = [&](size_t number) { return DeleteOrTell(call, paths[number], stayed); };
  LF_CO_TRY_OK(co_await ParallelFor(paths.size(), kDeletesAtOnce, one));
  if (hierarchical_) LF_CO_TRY_OK(co_await DeleteEmptyFolders(call, std::move(paths)));
  co_return stayed;
}

// The service takes away none but empty ones, whoever writes there meanwhile.
Task<Status> AzureStore::DeleteWhileEmpty(Call call, ObjectPath folder) {
  while (!folder.empty()) {
    ReplyBody body;
    const auto reply = co_await client_->Send(call, {.method = Method::kDelete, .blob = keys_.KeyOf(folder)}, body);
    if (!reply && reply.error().code == ErrorCode::kCancelled) co_return std::unexpected(reply.error());
    // What stays is an empty folder, which takes no room.
    if (!reply || (!reply->ok() && reply->http.status != 404)) break;
    folder = folder.parent();
  }
  co_return Status();
}

Task<Status> AzureStore::DeleteEmptyFolders(Call call, std::vector<ObjectPath> paths) {
  std::set<ObjectPath> folders;
  for (const ObjectPath& path : paths) folders.insert(path.parent());
  const std::vector<ObjectPath> all(folders.begin(), folders.end());
  const auto one = [&](size_t number) { return DeleteWhileEmpty(call, all[number]); };
  co_return co_await ParallelFor(all.size(), kDeletesAtOnce, one);
}

}  // namespace lakeferry::azure
