#include "storage/azure/azure_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "base/crc64.h"
#include "http/http_date.h"
#include "storage/azure/azure_copy.h"
#include "storage/azure/azure_fault.h"
#include "storage/azure/azure_object.h"
#include "storage/azure/azure_writer.h"

namespace lakeferry::azure {
namespace {

constexpr size_t kNameBytesMax = 1024;
constexpr size_t kListBytesMax = size_t{64} << 20;  // 5,000 names with all that Azure and others say of them
constexpr size_t kDeleteMax = 256;
constexpr size_t kDeletesAtOnce = 16;

bool IsFolder(const HttpReply& reply) {
  return reply.headers.Find("x-ms-resource-type") == "directory" ||
         reply.headers.Find("x-ms-meta-hdi_isfolder").value_or("").starts_with('t');
}

ObjectInfo InfoOf(ObjectPath path, const HttpReply& reply) {
  const auto length = reply.headers.Find("Content-Length");
  const auto modified = ParseHttpDate(reply.headers.Find("Last-Modified").value_or(""));
  return {.path = std::move(path),
          .size_bytes = length ? std::strtoll(std::string(*length).c_str(), nullptr, 10) : 0,
          .modified = modified.value_or(FromEpochMs(0)),
          .etag = std::string(reply.headers.Find("ETag").value_or(""))};
}

}  // namespace

AzureStore::AzureStore(std::string uri, std::string prefix, std::shared_ptr<AzureClient> client,
                       AzureStoreOptions options)
    : uri_(std::move(uri)),
      prefix_(prefix.empty() ? std::string() : std::move(prefix) + "/"),
      client_(std::move(client)),
      options_(options) {}

StoreTraits AzureStore::traits() const {
  return {.far = true, .delete_batch_max = kDeleteMax, .copies_from = ServiceOf(client_->address())};
}

std::string AzureStore::NameOf(const ObjectPath& path) const { return prefix_ + path.text(); }

std::string AzureStore::Where(const ObjectPath& path) const {
  return path.empty() ? uri_ : fmt::format("{}{}{}", uri_, uri_.ends_with('/') ? "" : "/", path.text());
}

Status AzureStore::CheckName(const ObjectPath& path) const {
  if (path.empty()) return Fail(ErrorCode::kInvalidArgument, "the root is no object", uri_);
  // The service drops such a dot, and takes a backslash for a slash: two names would be one.
  if (path.text().ends_with('.') || path.text().contains("./") || path.text().contains('\\')) {
    return Fail(ErrorCode::kInvalidArgument,
                "Azure takes no name with a backslash, or with a part that ends with a dot", Where(path),
                "choose another name");
  }
  if (prefix_.size() + path.text().size() <= kNameBytesMax) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("Azure takes names of at most {} bytes", kNameBytesMax),
              Where(path), "choose a shorter location for the store");
}

// What is no name below the root is passed over: directories, and names that no engine could have written.
ListPage AzureStore::PageOf(const ListRequest& request, ListResult result) const {
  ListPage page{.listing = {}, .resume = std::move(result.next)};
  const auto relative = [&](std::string_view name) -> std::optional<ObjectPath> {
    if (!name.starts_with(prefix_)) return std::nullopt;
    auto path = ObjectPath::Make(name.substr(prefix_.size()));
    if (!path || path->empty() || *path == request.folder) return std::nullopt;
    return *std::move(path);
  };
  for (ListedBlob& blob : result.blobs) {
    if (blob.is_folder) continue;
    auto path = relative(blob.name);
    if (!path || (!request.recursive && path->name() <= request.start_after)) continue;
    page.listing.objects.push_back({.path = *std::move(path),
                                    .size_bytes = blob.size_bytes,
                                    .modified = blob.modified,
                                    .etag = std::move(blob.etag)});
  }
  for (std::string_view prefix : result.prefixes) {
    if (prefix.ends_with('/')) prefix.remove_suffix(1);
    auto path = relative(prefix);
    if (path && path->name() > request.start_after) page.listing.folders.push_back(*std::move(path));
  }
  // With the '/' that follows a folder's name it may stand elsewhere.
  std::ranges::sort(page.listing.objects, {}, &ObjectInfo::path);
  std::ranges::sort(page.listing.folders);
  return page;
}

Task<Result<ListPage>> AzureStore::List(Call call, ListRequest request) {
  LF_CO_TRY_OK(CheckWanted(call));
  // The metadata tells what Hadoop's driver left for a folder.
  AzureRequest ask{.query = {{"restype", "container"},
                             {"comp", "list"},
                             {"include", "metadata"},
                             {"prefix", request.folder.empty() ? prefix_ : NameOf(request.folder) + "/"}}};
  if (!request.recursive) ask.query.emplace_back("delimiter", "/");
  if (!request.resume.empty()) ask.query.emplace_back("marker", request.resume);
  ReplyBody body{.text_bytes_max = kListBytesMax};
  auto reply = co_await client_->Send(call, std::move(ask), body);
  if (!reply) co_return FailAt(reply.error(), Where(request.folder));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, Where(request.folder)));
  auto result = ReadList(body.text);
  if (!result) co_return FailAt(result.error(), Where(request.folder));
  co_return PageOf(request, *std::move(result));
}

Task<Result<AzureReply>> AzureStore::Look(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  ReplyBody body;
  auto reply = co_await client_->Send(call, {.method = Method::kHead, .blob = NameOf(path)}, body);
  if (!reply) co_return FailAt(reply.error(), Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, Where(path)));
  if (IsFolder(reply->http)) co_return Fail(ErrorCode::kNotFound, "a directory is no object", Where(path));
  co_return reply;
}

Task<Result<ObjectInfo>> AzureStore::Head(Call call, ObjectPath path) {
  if (path.empty()) co_return Fail(ErrorCode::kNotFound, "the root is no object", uri_);
  const auto reply = co_await Look(call, path);
  LF_CO_TRY_OK(reply);
  co_return InfoOf(std::move(path), reply->http);
}

Task<Result<std::string>> AzureStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  ReplyBody body{.text_bytes_max = limit_bytes};
  auto reply = co_await client_->Send(call, {.blob = NameOf(path)}, body);
  if (!reply) co_return FailAt(reply.error(), Where(path));
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, Where(path)));
  if (IsFolder(reply->http)) co_return Fail(ErrorCode::kNotFound, "a directory is no object", Where(path));
  co_return std::move(body.text);
}

Task<Result<std::unique_ptr<OpenObject>>> AzureStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  auto info = co_await Head(call, path);
  LF_CO_TRY_OK(info);
  co_return std::make_unique<AzureObject>(client_, NameOf(path), *std::move(info), Where(path));
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
                                       .blob = NameOf(path),
                                       .headers = std::move(headers),
                                       .body = bytes,
                                       .conditional = if_absent},
                                      body);
  if (!reply) co_return FailAt(reply.error(), Where(path));
  co_return reply;
}

Task<Result<PutOutcome>> AzureStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  const auto reply = co_await PutBlob(call, path, bytes, true);
  LF_CO_TRY_OK(reply);
  if (reply->ok()) co_return PutOutcome::kCreated;
  if (SaysExists(*reply)) co_return PutOutcome::kExisted;
  co_return std::unexpected(ErrorOf(*reply, Where(path)));
}

Task<Status> AzureStore::Put(Call call, ObjectPath path, std::string bytes) {
  const auto reply = co_await PutBlob(call, path, bytes, false);
  LF_CO_TRY_OK(reply);
  if (reply->ok()) co_return Status();
  co_return std::unexpected(ErrorOf(*reply, Where(path)));
}

Task<Result<std::unique_ptr<ObjectWriter>>> AzureStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  co_return std::make_unique<AzureWriter>(client_, NameOf(path), Where(path),
                                          PartBytesFor(hints.size_bytes, options_.part_bytes_min), hints.size_bytes);
}

Task<Result<CopyOutcome>> AzureStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  LF_CO_TRY_OK(CheckWanted(call));
  if (from.service != ServiceOf(client_->address())) co_return CopyOutcome::kNotPossible;
  AzureCopy copy(client_, NameOf(path), Where(path));
  co_return co_await copy.Run(call, std::move(from));
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
  auto reply = co_await client_->Send(
      call,
      {.method = Method::kPut, .blob = NameOf(path), .query = {{"comp", "metadata"}}, .headers = std::move(headers)},
      body);
  if (!reply) co_return FailAt(reply.error(), Where(path));
  co_return reply->ok();
}

Task<Status> AzureStore::DeleteBlob(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckName(path));
  ReplyBody body;
  auto reply = co_await client_->Send(
      call, {.method = Method::kDelete, .blob = NameOf(path), .headers = {{"x-ms-delete-snapshots", "include"}}}, body);
  if (!reply) co_return FailAt(reply.error(), Where(path));
  // A directory is no object, and so it is not there.
  if (reply->ok() || reply->fault.code == "BlobNotFound" || reply->fault.code == "DirectoryIsNotEmpty") {
    co_return Status();
  }
  Error error = ErrorOf(*reply, Where(path));
  if (error.code == ErrorCode::kNotFound) co_return Status();
  co_return std::unexpected(std::move(error));
}

Task<Result<std::vector<NotDeleted>>> AzureStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<NotDeleted> stayed;
  const auto one = [&](size_t i) -> Task<Status> {
    const Status gone = co_await DeleteBlob(call, paths[i]);
    if (!gone) stayed.push_back({.path = paths[i], .error = gone.error()});
    co_return Status();
  };
  const Status all = co_await ParallelFor(paths.size(), kDeletesAtOnce, one);
  LF_CO_TRY_OK(all);
  LF_CO_TRY_OK(CheckWanted(call));
  co_return stayed;
}

}  // namespace lakeferry::azure
