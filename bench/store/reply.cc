#include "bench/store/reply.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <chrono>
#include <iterator>
#include <utility>

namespace lakeferry::bench {

std::string HttpDate(TimeMs time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::string XmlDate(TimeMs time) { return FormatUtc(std::chrono::floor<std::chrono::seconds>(time)); }

std::string HeadOf(const Reply& reply, int64_t size, bool keeps_alive, TimeMs now) {
  // A second has one text, and it is asked for thousands of times.
  thread_local std::pair<TimeMs, std::string> date;
  const TimeMs second = std::chrono::floor<std::chrono::seconds>(now);
  if (date.first != second) date = {second, HttpDate(now)};
  std::string head;
  head.reserve(512);
  auto out = std::back_inserter(head);
  const std::string_view reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(reply.status)));
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\nServer: lakeferry-bench\r\n", reply.status, reason, date.second);
  for (const auto& [name, value] : reply.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  if (reply.status != 204 && reply.status != 304) fmt::format_to(out, "Content-Length: {}\r\n", size);
  if (!keeps_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

void AppendElement(std::string& xml, std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(xml), "<{}>", name);
  for (const char byte : text) {
    switch (byte) {
      case '&': xml += "&amp;"; break;
      case '<': xml += "&lt;"; break;
      case '>': xml += "&gt;"; break;
      case '"': xml += "&quot;"; break;
      case '\r': xml += "&#13;"; break;
      default: xml.push_back(byte);
    }
  }
  fmt::format_to(std::back_inserter(xml), "</{}>", name);
}

Reply XmlReply(std::string xml) {
  return {.headers = {{"Content-Type", "application/xml"}},
          .text = R"(<?xml version="1.0" encoding="UTF-8"?>)" + std::move(xml)};
}

Reply ReplyOf(const Refusal& refusal, std::string_view region) {
  std::string xml = "<Error>";
  AppendElement(xml, "Code", refusal.code);
  AppendElement(xml, "Message", refusal.message.empty() ? refusal.code : refusal.message);
  if (refusal.code == "AuthorizationHeaderMalformed") AppendElement(xml, "Region", region);
  Reply reply = XmlReply(xml + "</Error>");
  reply.status = refusal.status;
  return reply;
}

}  // namespace lakeferry::bench
