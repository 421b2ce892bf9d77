// S3Service: an S3 of a few objects, as far as a test needs one: it keeps conditions or overlooks them, and answers
// what it is told to. One thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "storage/s3/s3_client.h"
#include "tests/support/manual_clock.h"

namespace lakeferry::s3 {

class S3Service final : public HttpTransport {
 public:
  using Answer = std::function<Result<HttpReply>(const HttpRequest& request, ReplyBody& body)>;

  // Come before what the objects would say, one each.
  std::deque<Answer> script;
  std::vector<HttpRequest> asked;              // without bodies
  std::map<std::string, std::string> objects;  // by key, in bucket "b"
  bool keeps_conditions = true;                // of PUT
  bool keeps_copy_conditions = true;
  bool checks_checksums = true;
  bool checks_signatures = true;  // a request of these tests bears none, but for the one that is wrong
  bool lists = true;
  std::optional<size_t> lost = {};  // the answer to the request of that number, which is done

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override;

  // Answers of a script.
  static Answer Status(int status, std::string text = {}, Headers headers = {});
  static Answer Fails(ErrorCode code, std::string received = {});

 private:
  HttpReply Do(const HttpRequest& request, ReplyBody& body);
  HttpReply Put(const HttpRequest& request, const std::string& key);
  HttpReply Get(const HttpRequest& request, const std::string& key, ReplyBody& body) const;
};

class NoSigner final : public RequestSigner {
 public:
  int distrusted = 0;
  std::vector<std::string> regions;

  Task<Result<Distrust>> Sign(Call, HttpRequest&, std::string region, std::string) override {
    regions.push_back(std::move(region));
    co_return [this] { ++distrusted; };
  }
};

class NoJitter final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return 0; }
};

// A client of the service, and all that it needs.
struct S3World {
  ManualClock clock;
  NoJitter random;
  S3Service service;
  std::shared_ptr<NoSigner> signer = std::make_shared<NoSigner>();
  std::shared_ptr<S3Client> client =
      std::make_shared<S3Client>(BucketAddress{.bucket = "b",
                                               .region = "us-east-1",
                                               .endpoint = Origin{.tls = false, .host = "h", .port = 9000},
                                               .path_style = true},
                                 S3Client::Parts{.http = service, .signer = signer, .clock = clock, .random = random});
};

}  // namespace lakeferry::s3
