#include "daemon/web/assets.h"

#include <algorithm>
#include <array>
#include <string>

#include "daemon/web/document_cache.h"
#include "daemon/web/page_files.h"

namespace lakeferry::web {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::array<Asset, 4> kAssets{{
    {.path = "/", .type = "text/html; charset=utf-8", .text = kPageHtml},
    {.path = "/page.js", .type = "text/javascript; charset=utf-8", .text = kPageJs},
    {.path = "/page.css", .type = "text/css; charset=utf-8", .text = kPageCss},
    {.path = "/icon.svg", .type = "image/svg+xml", .text = kIconSvg},
}};

}  // namespace

const Asset* FindAsset(std::string_view path) {
  const auto* found = std::ranges::find(kAssets, path, &Asset::path);
  return found == kAssets.end() ? nullptr : found;
}

ServerReply AssetReply(const Asset& asset, const ServerRequest& request) {
  const Document document = DocumentOf(std::string(asset.text));
  ServerReply reply{.type = std::string(asset.type)};
  reply.headers.Add("ETag", document.tag);
  reply.headers.Add("Cache-Control", "no-cache");
  reply.headers.Add("Content-Security-Policy", std::string(kPolicy));
  if (request.headers.Find("If-None-Match") == document.tag) {
    reply.status = 304;
  } else {
    reply.body = document.text;
  }
  return reply;
}

}  // namespace lakeferry::web
