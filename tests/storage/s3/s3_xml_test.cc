#include "storage/s3/s3_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::s3 {
namespace {

TEST(S3XmlTest, ListingHasObjectsPrefixesAndWhereItGoesOn) {
  const auto list =
      ReadList(
          "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          "<IsTruncated>true</IsTruncated><NextContinuationToken>t/=+</NextContinuationToken>"
          "<EncodingType>url</EncodingType><Contents><Key>a%20b%2B%C3%A9+c</Key><LastModified>2026-11-29T22:12:10.000Z"
          "</LastModified><ETag>&quot;e&quot;</ETag><Size>5000000000</Size></Contents>"
          "<CommonPrefixes><Prefix>p%2F</Prefix></CommonPrefixes></ListBucketResult>")
          .value();
  ASSERT_EQ(list.objects.size(), 1U);
  EXPECT_EQ(list.objects[0].key, "a b+\xc3\xa9 c");
  EXPECT_EQ(list.objects[0].size_bytes, 5'000'000'000);
  EXPECT_EQ(list.objects[0].etag, "\"e\"");
  EXPECT_EQ(FormatUtc(list.objects[0].modified), "2026-11-29T22:12:10.000Z");
  EXPECT_THAT(list.prefixes, testing::ElementsAre("p/"));
  EXPECT_EQ(list.next, "t/=+");
}

TEST(S3XmlTest, NamesThatAreNotEncodedStayAsTheyAre) {
  const auto list = ReadList(
                        "<ListBucketResult><Contents><Key> a%20+b</Key><LastModified>2026-11-29T22:12:10Z"
                        "</LastModified><Size>0</Size></Contents></ListBucketResult>")
                        .value();
  EXPECT_EQ(list.objects[0].key, " a%20+b");
}

TEST(S3XmlTest, WhatIsNoListingIsRefused) {
  const std::string object = "<Contents><Key>k</Key><LastModified>2026-11-29T22:12:10Z</LastModified>";
  for (const std::string& xml :
       {std::string(), std::string("<html/>"), std::string("{}"), std::string("<ListBucketResult>"),
        "<ListBucketResult>" + object + "</Contents></ListBucketResult>",
        "<ListBucketResult>" + object + "<Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult>" + object + "<Size>x</Size></Contents></ListBucketResult>",
        std::string(
            "<ListBucketResult><Contents><Key>k</Key><LastModified>today</LastModified><Size>1</Size></Contents>"
            "</ListBucketResult>"),
        std::string("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")}) {
    EXPECT_FALSE(ReadList(xml).has_value()) << xml;
  }
}

// No entity of a document's own leads anywhere, or grows.
TEST(S3XmlTest, EntitiesOfADocumentAreNotResolved) {
  const auto fault = ReadFault(
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
      "<Error><Code>&b;</Code></Error>");
  EXPECT_EQ(fault.code, "&b;");
}

TEST(S3XmlTest, FaultIsReadAndAPageIsNone) {
  const Fault fault = ReadFault("<Error><Code>PermanentRedirect</Code><Message>m</Message><Region>r</Region></Error>");
  EXPECT_EQ(fault.code, "PermanentRedirect");
  EXPECT_EQ(fault.message, "m");
  EXPECT_EQ(fault.region, "r");
  EXPECT_EQ(ReadFault("<html><Code>x</Code></html>").code, "");
}

TEST(S3XmlTest, NamesAreWrittenSoThatTheyComeBack) {
  EXPECT_EQ(
      WriteDelete({"a&<>\"\r\n"}),
      "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet><Object><Key>a&amp;&lt;&gt;&quot;"
      "&#13;&#10;</Key></Object></Delete>");
  EXPECT_EQ(
      WriteComplete({{.number = 1, .etag = "\"e\"", .crc64 = "c"}, {.number = 2, .etag = "f", .crc64 = ""}}),
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</PartNumber>"
      "<ETag>&quot;e&quot;</ETag><ChecksumCRC64NVME>c</ChecksumCRC64NVME></Part><Part><PartNumber>2</PartNumber>"
      "<ETag>f</ETag></Part></CompleteMultipartUpload>");
}

}  // namespace
}  // namespace lakeferry::s3
