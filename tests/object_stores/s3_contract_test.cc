// The contract of every store, over a real server: run by tests/servers, which names it in the vendors' variables.
#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "http/http_client.h"
#include "storage/s3/credential_signer.h"
#include "storage/s3/s3_store.h"
#include "storage/s3/s3_upload.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/real_time.h"

namespace lakeferry {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

class FixedCredentials final : public aws::CredentialSource {
 public:
  Task<Result<aws::Credentials>> Get(Call) override {
    co_return aws::Credentials{.access_key_id = Variable("AWS_ACCESS_KEY_ID"),
                               .secret_key = Secret(Variable("AWS_SECRET_ACCESS_KEY"))};
  }
};

// What all tests of the process share.
struct World {
  boost::asio::io_context loop;
  RealClock clock;
  RealRandom random;
  HttpClient http{{.threads = 2}, clock};
  std::shared_ptr<s3::CredentialSigner> signer =
      std::make_shared<s3::CredentialSigner>(std::make_shared<FixedCredentials>(), clock);
  int next = 0;

  static World& Get() {
    static World world;
    return world;
  }
  std::shared_ptr<s3::S3Client> Client() {
    const auto endpoint = ParseUrl(Variable("AWS_ENDPOINT_URL_S3"));
    LF_CHECK(endpoint.has_value(), "AWS_ENDPOINT_URL_S3 names the server");
    return std::make_shared<s3::S3Client>(
        s3::BucketAddress{.bucket = Variable("LAKEFERRY_TEST_BUCKET"),
                          .region = "us-east-1",
                          .endpoint = endpoint->origin,
                          .path_style = true},
        s3::S3Client::Parts{.http = http, .signer = signer, .clock = clock, .random = random});
  }
  std::shared_ptr<s3::S3Store> Store(const std::string& prefix, bool copies_on_condition) {
    const std::string bucket = Variable("LAKEFERRY_TEST_BUCKET");
    auto client = Client();
    const Probed probed{.refuses_second_put = true,
                        .one_of_two_puts = true,
                        .refuses_second_completion = true,
                        .refuses_second_copy = copies_on_condition,
                        .checks_checksums = true,
                        .shows_what_it_took = true};
    auto probe = std::make_shared<StoreProbe>(loop.get_executor(), clock,
                                              [probed](Call) -> Task<Result<Probed>> { co_return probed; });
    return std::make_shared<s3::S3Store>(fmt::format("s3://{}/{}", bucket, prefix), prefix, client, std::move(probe),
                                         s3::S3StoreOptions{.part_bytes_min = size_t{5} << 20});
  }
};

class S3UnderTest final : public StoreUnderTest {
 public:
  explicit S3UnderTest(bool copies) {
    World& world = World::Get();
    const std::string prefix = fmt::format("t{}-{}", ::getpid(), world.next++);
    store_ = world.Store(prefix + "/a", copies);
    neighbour_ = world.Store(prefix + "/b", copies);
  }
  ObjectStore& store() override { return *store_; }
  ObjectStore& neighbour() override { return *neighbour_; }
  TimeMs Now() override { return World::Get().clock.WallTime() - Millis(1'000); }
  void PassTime() override { std::this_thread::sleep_for(Millis(1'100)); }
  [[nodiscard]] bool resumes() const override { return true; }

 private:
  std::shared_ptr<s3::S3Store> store_;
  std::shared_ptr<s3::S3Store> neighbour_;
};

// As our own server has them (bench/store): whoever holds real ones needs minutes for 6 GiB.
TEST(S3SparseObjects, AnObjectAboveFiveGibIsCopiedInRangesWithinTheStore) {
  World& world = World::Get();
  const auto endpoint = ParseUrl(Variable("AWS_ENDPOINT_URL_S3"));
  const std::string prefix = fmt::format("t{}-{}", ::getpid(), world.next++);
  constexpr int64_t kSize = int64_t{6} << 30;
  ReplyBody body;
  const auto made = RunTask(world.http.Send(
      {},
      {.method = Method::kPut,
       .origin = endpoint->origin,
       .target = fmt::format("/-/sparse/{}/{}/large?size={}", Variable("LAKEFERRY_TEST_BUCKET"), prefix, kSize)},
      body));
  ASSERT_TRUE(made && made->ok());
  for (const bool on_condition : {true, false}) {
    const auto store = world.Store(prefix, on_condition);
    const auto large = RunTask(store->Open({}, ObjectPath::Of("large"))).value();
    const ObjectPath name = ObjectPath::Of(on_condition ? "copy" : "other");
    EXPECT_EQ(RunTask(store->CopyIfAbsent({}, large->address(), name)).value(), CopyOutcome::kCreated);
    EXPECT_EQ(RunTask(store->CopyIfAbsent({}, large->address(), name)).value(), CopyOutcome::kExisted);
    // Checksums are told once it is known that the store compares them.
    const ObjectInfo source = RunTask(store->Head({}, ObjectPath::Of("large"))).value();
    const ObjectInfo copied = RunTask(store->Head({}, name)).value();
    EXPECT_EQ(copied.size_bytes, kSize);
    ASSERT_TRUE(source.checksums.crc64.has_value());
    EXPECT_EQ(copied.checksums.crc64, source.checksums.crc64);
  }
}

// So far as another process had come.
TEST(S3SparseObjects, ACopyInRangesThatBrokeOffCopiesOnlyTheRest) {
  World& world = World::Get();
  const auto origin = ParseUrl(Variable("AWS_ENDPOINT_URL_S3"))->origin;
  const std::string bucket = Variable("LAKEFERRY_TEST_BUCKET");
  const std::string prefix = fmt::format("t{}-{}", ::getpid(), world.next++);
  constexpr int64_t kRange = int64_t{256} << 20;
  const auto ask = [&](Method method, std::string target) {
    ReplyBody body;
    const auto reply =
        RunTask(world.http.Send({}, {.method = method, .origin = origin, .target = std::move(target)}, body));
    EXPECT_TRUE(reply && reply->ok());
    return body.text;
  };
  for (const char* name : {"large", "other"}) {
    ask(Method::kPut, fmt::format("/-/sparse/{}/{}/{}?size={}", bucket, prefix, name, int64_t{6} << 30));
  }
  const auto store = world.Store(prefix, true);
  ASSERT_TRUE(RunTask(store->PutIfAbsent({}, ObjectPath::Of("first"), "x")).has_value());
  const auto large = RunTask(store->Open({}, ObjectPath::Of("large"))).value();
  for (const char* of : {"large", "other"}) {
    const std::string name = std::string("copy-of-") + of;
    const auto begun_of = RunTask(store->Open({}, ObjectPath::Of(of))).value();
    s3::S3Upload broken(world.Client(), prefix + "/" + name, name);
    ASSERT_TRUE(RunTask(broken.Begin({})).has_value());
    for (int i = 0; i < 20; ++i) {
      const ObjectAddress from = begun_of->address();
      const ByteRange range{.first = i * kRange, .last = (i + 1) * kRange - 1};
      ASSERT_TRUE(RunTask(broken.CopyPart({}, from.place, from.etag, i + 1, range)).has_value());
    }
    ask(Method::kPost, "/-/reset");
    EXPECT_EQ(RunTask(store->CopyIfAbsent({}, large->address(), ObjectPath::Of(name))).value(), CopyOutcome::kCreated);
    const bool same = std::string_view(of) == "large";
    EXPECT_THAT(ask(Method::kGet, "/-/counts"),
                testing::HasSubstr(fmt::format("\"UploadPartCopy\": {}", same ? 4 : 4 + 24)));
    EXPECT_EQ(RunTask(store->Head({}, ObjectPath::Of(name))).value().checksums.crc64, large->info().checksums.crc64);
  }
}

INSTANTIATE_TEST_SUITE_P(S3, ObjectStoreContract,
                         testing::Values(StoreKind{"by_parts", [] { return std::make_unique<S3UnderTest>(false); }},
                                         StoreKind{"on_condition", [] { return std::make_unique<S3UnderTest>(true); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace lakeferry
