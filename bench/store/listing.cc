#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "bench/store/calls.h"
#include "http/origin.h"

namespace lakeferry::bench {
namespace {

constexpr int64_t kPageMax = 1000;

struct Wanted {
  std::string prefix;
  std::string delimiter;
  std::string after;  // names behind it alone
  size_t count = 0;
  bool encoded = false;
};

struct Page {
  std::vector<std::pair<std::string, ObjectRef>> objects;
  std::vector<std::string> folders;
  std::string last;  // of what is on it, where there is more
};

// The first text behind all that begin with `folder`.
std::string Behind(std::string folder) {
  while (!folder.empty() && folder.back() == '\xff') folder.pop_back();
  if (!folder.empty()) folder.back() = static_cast<char>(static_cast<unsigned char>(folder.back()) + 1);
  return folder;
}

Page PageOf(const Objects& objects, const Wanted& wanted) {
  Page page;
  // A folder that was on the page before is not gone through again.
  const bool past_folder = !wanted.delimiter.empty() && wanted.after.ends_with(wanted.delimiter) &&
                           wanted.after.size() > wanted.prefix.size();
  auto at = wanted.after < wanted.prefix ? objects.lower_bound(wanted.prefix)
            : past_folder                ? objects.lower_bound(Behind(wanted.after))
                                         : objects.upper_bound(wanted.after);
  std::string last;
  while (at != objects.end() && at->first.starts_with(wanted.prefix)) {
    if (page.objects.size() + page.folders.size() == wanted.count) {
      page.last = last;
      break;
    }
    const size_t cut =
        wanted.delimiter.empty() ? std::string::npos : at->first.find(wanted.delimiter, wanted.prefix.size());
    if (cut == std::string::npos) {
      page.objects.emplace_back(last = at->first, at->second);
      ++at;
    } else {
      page.folders.push_back(last = at->first.substr(0, cut + wanted.delimiter.size()));
      at = objects.lower_bound(Behind(last));
    }
  }
  return page;
}

std::string NameOf(const std::string& name, const Wanted& wanted) {
  return wanted.encoded ? PercentEncode(name, true) : name;
}

void AppendPage(std::string& xml, const Page& page, const Wanted& wanted) {
  for (const auto& [key, object] : page.objects) {
    xml += "<Contents>";
    AppendElement(xml, "Key", NameOf(key, wanted));
    AppendElement(xml, "LastModified", XmlDate(object->modified));
    AppendElement(xml, "ETag", object->etag);
    AppendElement(xml, "Size", std::to_string(object->content.size()));
    xml += "<StorageClass>STANDARD</StorageClass></Contents>";
  }
  for (const std::string& folder : page.folders) {
    xml += "<CommonPrefixes>";
    AppendElement(xml, "Prefix", NameOf(folder, wanted));
    xml += "</CommonPrefixes>";
  }
}

}  // namespace

Answer<Reply> ListObjects(const Shelf& shelf, const Request& request) {
  const bool second = request.Query("list-type") == "2";
  Wanted wanted{.prefix = request.QueryOr("prefix", ""),
                .delimiter = request.QueryOr("delimiter", ""),
                .after = request.QueryOr(second ? "start-after" : "marker", ""),
                .count = static_cast<size_t>(
                    std::min(NumberOf(request.QueryOr("max-keys", "1000")).value_or(kPageMax), kPageMax)),
                .encoded = request.Query("encoding-type") == "url"};
  const auto token = second ? request.Query("continuation-token") : std::nullopt;
  if (token) {
    const auto after = FromBase64(*token);
    if (!after) return Refuse(400, "InvalidArgument", "the continuation token is none");
    wanted.after = *after;
  }
  Page page;
  BENCH_TRY_OK(shelf.Walk(request.bucket, [&](const Objects& objects) { page = PageOf(objects, wanted); }));
  std::string xml = R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  AppendElement(xml, "Name", request.bucket);
  AppendElement(xml, "Prefix", NameOf(wanted.prefix, wanted));
  if (!wanted.delimiter.empty()) AppendElement(xml, "Delimiter", NameOf(wanted.delimiter, wanted));
  AppendElement(xml, "MaxKeys", std::to_string(wanted.count));
  if (wanted.encoded) AppendElement(xml, "EncodingType", "url");
  AppendElement(xml, "KeyCount", std::to_string(page.objects.size() + page.folders.size()));
  AppendElement(xml, "IsTruncated", page.last.empty() ? "false" : "true");
  if (!page.last.empty()) {
    AppendElement(xml, second ? "NextContinuationToken" : "NextMarker",
                  second ? ToBase64(page.last) : NameOf(page.last, wanted));
  }
  AppendPage(xml, page, wanted);
  return XmlReply(xml + "</ListBucketResult>");
}

}  // namespace lakeferry::bench
