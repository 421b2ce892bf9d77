// The files of the page, which the build puts into the program.
#pragma once

#include <string_view>

#include "http/server/server_message.h"

namespace lakeferry::web {

struct Asset {
  std::string_view path;  // "/", "/page.js"
  std::string_view type;
  std::string_view text;
};

// Null where there is none of that path.
[[nodiscard]] const Asset* FindAsset(std::string_view path);

// The file as an answer: it may be kept as long as it is asked about, and loads nothing but what is here.
[[nodiscard]] ServerReply AssetReply(const Asset& asset, const ServerRequest& request);

}  // namespace lakeferry::web
