// The contract of every store, over what stands in for Google's storage: run by tests/servers, which names it in
// STORAGE_EMULATOR_HOST. It overlooks the conditions of a rewrite; what stands in front of it here keeps them, one
// after the other: that Google keeps them is not tried by this.
#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "http/http_client.h"
#include "storage/gcs/gcs_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/real_time.h"

namespace lakeferry {
namespace {

std::string GcsVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

class KeeperOfConditions final : public HttpTransport {
 public:
  explicit KeeperOfConditions(HttpTransport& http) : http_(http) {}

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override {
    constexpr std::string_view kRewrite = "/rewriteTo";
    const size_t at = request.target.find(kRewrite);
    if (at == std::string::npos) co_return co_await http_.Send(call, std::move(request), body);
    const std::string from = request.target.substr(0, at);
    const std::string to =
        "/storage/v1" + request.target.substr(at + kRewrite.size(), request.target.find('?') - at - kRewrite.size());
    const std::string source = co_await GenerationOf(call, request.origin, from);
    const std::string target = co_await GenerationOf(call, request.origin, to);
    const bool kept = request.target.contains("ifSourceGenerationMatch=" + source + "&") &&
                      request.target.contains("&ifGenerationMatch=" + target + "&");
    if (!kept) co_return HttpReply{.status = 412};
    co_return co_await http_.Send(call, std::move(request), body);
  }

 private:
  Task<std::string> GenerationOf(Call call, Origin origin, std::string path) {
    ReplyBody body;
    const auto reply = co_await http_.Send(call, {.origin = std::move(origin), .target = std::move(path)}, body);
    const auto object = gcs::ReadObject(body.text);
    co_return reply && reply->ok() && object ? object->generation : "0";
  }

  HttpTransport& http_;
};

// What all tests of the process share.
struct GcsWorld {
  RealClock clock;
  RealRandom random;
  HttpClient http{{.threads = 2}, clock};
  KeeperOfConditions keeper{http};
  int next = 0;

  static GcsWorld& Get() {
    static GcsWorld world;
    return world;
  }
  static Origin Endpoint() {
    const auto endpoint = ParseUrl(GcsVariable("STORAGE_EMULATOR_HOST"));
    LF_CHECK(endpoint.has_value(), "STORAGE_EMULATOR_HOST names the server");
    return endpoint->origin;
  }
  // One for each test: what the server takes for a request grows with what the bucket holds.
  std::string NewBucket() {
    std::string bucket = fmt::format("{}-{}-{}", GcsVariable("LAKEFERRY_TEST_BUCKET"), ::getpid(), next++);
    const std::string json = fmt::format(R"({{"name":"{}"}})", bucket);
    ReplyBody body;
    const auto made = RunTask(http.Send({},
                                        {.method = Method::kPost,
                                         .origin = Endpoint(),
                                         .target = "/storage/v1/b?project=tests",
                                         .headers = {{"Content-Type", "application/json"}},
                                         .body = json},
                                        body));
    LF_CHECK(made && made->ok(), "the server makes a bucket");
    return bucket;
  }
  std::shared_ptr<gcs::GcsStore> Store(const std::string& bucket, const std::string& prefix, size_t part_bytes) {
    auto client = std::make_shared<gcs::GcsClient>(
        gcs::BucketAddress{.bucket = bucket, .endpoint = Endpoint()},
        gcs::GcsClient::Parts{
            .http = keeper, .signer = std::make_shared<gcs::AnonymousSigner>(), .clock = clock, .random = random});
    return std::make_shared<gcs::GcsStore>(fmt::format("gs://{}/{}", bucket, prefix), prefix, client,
                                           gcs::GcsStoreOptions{.part_bytes = part_bytes});
  }
};

class GcsUnderTest final : public StoreUnderTest {
 public:
  GcsUnderTest() {
    GcsWorld& world = GcsWorld::Get();
    const std::string bucket = world.NewBucket();
    store_ = world.Store(bucket, "a", size_t{4} << 20);
    neighbour_ = world.Store(bucket, "b", size_t{4} << 20);
  }
  ObjectStore& store() override { return *store_; }
  ObjectStore& neighbour() override { return *neighbour_; }
  TimeMs Now() override { return GcsWorld::Get().clock.WallTime(); }
  void PassTime() override { std::this_thread::sleep_for(Millis(1'100)); }

 private:
  std::shared_ptr<gcs::GcsStore> store_;
  std::shared_ptr<gcs::GcsStore> neighbour_;
};

INSTANTIATE_TEST_SUITE_P(Gcs, ObjectStoreContract,
                         testing::Values(StoreKind{"json", [] { return std::make_unique<GcsUnderTest>(); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace lakeferry
