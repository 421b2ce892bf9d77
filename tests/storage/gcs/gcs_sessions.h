// GcsSessions: a Google storage of one bucket that keeps resumable uploads as the API's description has them: what came
// of each stays until it ends, whoever asks; it ends with the checksum of the whole. One thread.
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/crc32c.h"
#include "http/transport.h"
#include "storage/gcs/gcs_json.h"
#include "tests/storage/gcs/gcs_service.h"

namespace lakeferry::gcs {

class GcsSessions final : public HttpTransport {
 public:
  struct Session {
    std::string key;
    std::string bytes;
  };

  std::map<std::string, Session> sessions;     // by upload_id
  std::map<std::string, std::string> objects;  // by key
  size_t came = 0;                             // bytes in bodies of chunks
  std::vector<std::string> ranges;             // Content-Range of each request to a session
  bool checks_hash = true;                     // of the last chunk, before there is an object
  bool tells_crc32c = true;
  int begun = 0;

  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody& body) override {
    body.received = 0;
    body.text.clear();
    const std::string& target = request.target;
    const size_t id = target.find("upload_id=");
    if (id != std::string::npos) co_return ToSession(request, target.substr(id + 10), body);
    if (target.contains("uploadType=resumable")) co_return Begin(target);
    const std::string key = PercentDecode(target.substr(0, target.find('?')).substr(target.rfind("/o/") + 3));
    if (request.method == Method::kDelete) co_return HttpReply{.status = objects.erase(key) > 0 ? 204 : 404};
    co_return HttpReply{.status = 404};
  }

 private:
  HttpReply Begin(const std::string& target) {
    const size_t at = target.find("name=") + 5;
    const std::string key = PercentDecode(target.substr(at, target.find('&', at) - at));
    if (objects.contains(key)) return {.status = 412};
    const std::string id = "a-session-that-nobody-guesses-" + std::to_string(++begun);
    sessions[id] = {.key = key, .bytes = {}};
    return {.status = 200, .headers = {{"Location", "http://h:1/upload/storage/v1/b/b/o?upload_id=" + id}}};
  }

  HttpReply ToSession(const HttpRequest& request, const std::string& id, ReplyBody& body) {
    const auto found = sessions.find(id);
    if (found == sessions.end()) return {.status = 404};
    if (request.method == Method::kDelete) {
      sessions.erase(found);
      return {.status = 499};
    }
    Session& session = found->second;
    const std::string range(request.headers.Find("Content-Range").value_or(""));
    ranges.push_back(range);
    const std::string total = range.substr(range.find('/') + 1);
    std::string bytes(request.body.data(), request.body.size());
    came += bytes.size();
    if (!bytes.empty() && range.substr(6, range.find('-') - 6) != std::to_string(session.bytes.size())) {
      return {.status = 503};
    }
    session.bytes += bytes;
    if (total != "*" && total == std::to_string(session.bytes.size())) return End(request, found->first, body);
    if (session.bytes.empty()) return {.status = 308};
    return {.status = 308, .headers = {{"Range", "bytes=0-" + std::to_string(session.bytes.size() - 1)}}};
  }

  HttpReply End(const HttpRequest& request, const std::string& id, ReplyBody& body) {
    const Session session = sessions.at(id);
    const std::string crc32c = ChecksumText(Crc32cOf(session.bytes));
    const auto said = request.headers.Find("X-Goog-Hash");
    if (checks_hash && said && *said != "crc32c=" + crc32c) {
      body.text = FaultJson("invalid", "Provided CRC32C doesn't match calculated CRC32C");
      return {.status = 400};
    }
    sessions.erase(id);
    if (objects.contains(session.key)) return {.status = 412};
    objects[session.key] = session.bytes;
    body.text = ObjectJson(session.key, session.bytes.size(), "7", tells_crc32c ? crc32c : std::string());
    return {.status = 200};
  }
};

}  // namespace lakeferry::gcs
