// Reply: what the store answers, and the pieces of XML that answers are made of.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "bench/store/content.h"
#include "bench/store/refusal.h"
#include "http/message.h"

namespace lakeferry::bench {

struct Reply {
  int status = 200;
  Headers headers = {};
  std::string text = {};  // the body, or
  Content content = {};   // part of an object
};

// The head as it is sent; the length of the body is `size`. To HEAD and with 204 and 304 no body follows.
[[nodiscard]] std::string HeadOf(const Reply& reply, int64_t size, bool keeps_alive, TimeMs now);
[[nodiscard]] Reply ReplyOf(const Refusal& refusal, std::string_view region);
[[nodiscard]] Reply XmlReply(std::string xml);

// "<NAME>text</NAME>", the text escaped.
void AppendElement(std::string& xml, std::string_view name, std::string_view text);
[[nodiscard]] std::string HttpDate(TimeMs time);
// As S3 writes times in XML.
[[nodiscard]] std::string XmlDate(TimeMs time);

}  // namespace lakeferry::bench
