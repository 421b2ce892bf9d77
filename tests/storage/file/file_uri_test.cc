#include "storage/file/file_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>

#include "storage/file/file_store_factory.h"

namespace lakeferry {
namespace {

TEST(FileUri, NamesAnAbsoluteFolder) {
  EXPECT_EQ(ParseFileUri("file:///srv/lake").value(), "/srv/lake");
  EXPECT_EQ(ParseFileUri("file:///srv/lake/").value(), "/srv/lake");
  EXPECT_EQ(ParseFileUri("file:/srv/lake").value(), "/srv/lake");
  EXPECT_EQ(ParseFileUri("FILE://localhost/srv/lake").value(), "/srv/lake");
}

TEST(FileUri, IsPercentDecodedOnce) {
  EXPECT_EQ(ParseFileUri("file:///a%20b/%C3%A9/100%25").value(), "/a b/\xC3\xA9/100%");
  EXPECT_EQ(ParseFileUri("file:///a%2541").value(), "/a%41");
}

TEST(FileUri, RefusesWhatNamesNoFolderHere) {
  for (const auto* uri : {"file://host/srv", "file://", "file:///", "file:srv", "file:///a?b", "file:///a#b",
                          "file:///a%2", "file:///a%zz", "file:///a/../b", "file:///a/%2E%2E/b", "file:///a%00b",
                          "file:///a%0Ab", "file:///a//b", "s3://bucket"}) {
    const auto folder = ParseFileUri(uri);
    ASSERT_FALSE(folder.has_value()) << uri;
    EXPECT_EQ(folder.error().code, ErrorCode::kInvalidArgument) << uri;
    EXPECT_EQ(folder.error().where, uri);
  }
}

TEST(FileStoreFactory, RefusesAnotherSchemeNamingItAndWhatIsBuilt) {
  boost::asio::thread_pool pool(1);
  FileStoreFactory factory(pool.get_executor());
  const auto store = factory.Open("gs://bucket/x");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(store.error().message, testing::HasSubstr("'gs'"));
  EXPECT_THAT(store.error().remedy, testing::HasSubstr("file://"));
  EXPECT_FALSE(factory.Open("/srv/lake").has_value());
}

TEST(FileStoreFactory, OneUriIsOneStoreAsLongAsItIsHeld) {
  boost::asio::thread_pool pool(1);
  FileStoreFactory factory(pool.get_executor());
  const auto first = factory.Open("file:///nowhere/a").value();
  EXPECT_EQ(factory.Open("file:///nowhere/a").value(), first);
  EXPECT_NE(factory.Open("file:///nowhere/b").value(), first);
  EXPECT_EQ(first->uri(), "file:///nowhere/a");
}

}  // namespace
}  // namespace lakeferry
