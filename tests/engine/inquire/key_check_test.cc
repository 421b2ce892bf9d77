// What `check` says of the keys of signatures.
#include "engine/inquire/key_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::engine {
namespace {

using plan::Severity;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KeyFindings : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<plan::Finding> Check(bool has_own, std::vector<PublicKey> trusted,
                                                 std::optional<bool> others_may_write) const {
    plan::GroupSpec spec;
    spec.name = "orders";
    if (has_own) spec.keys.own = [key = key_]() -> Result<SigningKey> { return key; };
    spec.keys.trusted = std::move(trusted);
    return CheckKeys(spec, others_may_write);
  }
  const SigningKey key_ = SigningKey::New();
};

TEST_F(KeyFindings, AStagingLocationOfOthersWithoutSignaturesIsAWarning) {
  EXPECT_THAT(Check(false, {}, false), IsEmpty());
  EXPECT_THAT(Check(false, {}, std::nullopt), IsEmpty());
  const auto group = Check(false, {}, true);
  ASSERT_THAT(group, SizeIs(1));
  EXPECT_EQ(group[0].severity, Severity::kWarning);
  EXPECT_THAT(group[0].what, HasSubstr("others can write the staging location"));
  EXPECT_THAT(Check(true, {key_.public_key()}, true), SizeIs(1)) << "only what it signs with";
}

TEST_F(KeyFindings, AKeyThatIsNotTrustedOrNotThereIsAnError) {
  const auto untrusted = Check(true, {SigningKey::New().public_key()}, false);
  ASSERT_THAT(untrusted, SizeIs(1));
  EXPECT_EQ(untrusted[0].severity, Severity::kError);
  EXPECT_THAT(untrusted[0].remedy, HasSubstr(key_.public_key().ToText()));
  plan::GroupSpec spec;
  spec.keys.own = []() -> Result<SigningKey> { return Fail(ErrorCode::kInvalidArgument, "not there"); };
  const auto missing = CheckKeys(spec, std::nullopt);
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(missing[0].severity, Severity::kError);
}

}  // namespace
}  // namespace lakeferry::engine
