#include "storage/azure/azure_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::azure {
namespace {

std::string ListOf(const std::string& blobs, const std::string& more = "<NextMarker/>") {
  return "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"c\"><Blobs>" +
         blobs + "</Blobs>" + more + "</EnumerationResults>";
}

constexpr const char* kProperties =
    "<Properties><Last-Modified>Sun, 29 Nov 2026 12:00:00 GMT</Last-Modified><Etag>0x8D</Etag>"
    "<Content-Length>12</Content-Length></Properties>";

TEST(AzureXml, ListHasBlobsPrefixesAndWhereItGoesOn) {
  const auto list = ReadList(ListOf(
      "<Blob><Name>f/ a&amp;b</Name>" + std::string(kProperties) + "</Blob><BlobPrefix><Name>f/x/</Name></BlobPrefix>",
      "<NextMarker>2!92!x</NextMarker>"));
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->blobs.size(), 1U);
  EXPECT_EQ(list->blobs[0].key, "f/ a&b");
  EXPECT_EQ(list->blobs[0].size_bytes, 12);
  EXPECT_EQ(list->blobs[0].etag, "\"0x8D\"");
  EXPECT_EQ(list->blobs[0].modified, ParseTime("2026-11-29T12:00:00Z").value());
  EXPECT_FALSE(list->blobs[0].is_folder);
  EXPECT_THAT(list->prefixes, testing::ElementsAre("f/x/"));
  EXPECT_EQ(list->next, "2!92!x");
}

TEST(AzureXml, NameThatXmlCannotHoldIsEncodedAndOthersAreNot) {
  const std::string properties = kProperties;
  const auto list = ReadList(ListOf("<Blob><Name Encoded=\"true\">a%EF%BF%BE%25</Name>" + properties +
                                    "</Blob><Blob><Name>a%41</Name>" + properties + "</Blob>"));
  EXPECT_EQ(list->blobs[0].key, "a\xef\xbf\xbe%");
  EXPECT_EQ(list->blobs[1].key, "a%41");
}

// What Hadoop's driver leaves for a folder is there without one.
TEST(AzureXml, HierarchicalNamespaceIsKnownByTheKindsOfItsEntries) {
  EXPECT_FALSE(ReadList(ListOf("<Blob><Name>e</Name>" + std::string(kProperties) +
                               "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>"
                               "<BlobPrefix><Name>p/</Name></BlobPrefix>"))
                   ->hierarchical);
  EXPECT_TRUE(ReadList(ListOf("<BlobPrefix><Name>p/</Name><Properties><ResourceType>directory</ResourceType>"
                              "</Properties></BlobPrefix>"))
                  ->hierarchical);
}

TEST(AzureXml, DirectoriesAreNoObjects) {
  const std::string modified = "<Last-Modified>Sun, 29 Nov 2026 12:00:00 GMT</Last-Modified>";
  const auto list = ReadList(ListOf(
      "<Blob><Name>d</Name><Properties>" + modified + "<ResourceType>directory</ResourceType></Properties></Blob>" +
      "<Blob><Name>e</Name>" + kProperties + "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>" +
      "<Blob><Name>f</Name><Properties>" + modified + "<Content-Length>1</Content-Length>" +
      "<ResourceType>file</ResourceType></Properties><Metadata><other>true</other></Metadata></Blob>"));
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(list->blobs[0].is_folder);
  EXPECT_TRUE(list->blobs[1].is_folder);
  EXPECT_FALSE(list->blobs[2].is_folder);
  EXPECT_TRUE(list->hierarchical);
}

TEST(AzureXml, WhatIsNoListingIsCorrupt) {
  for (const std::string& text :
       {std::string(), std::string("<html/>"), ListOf("<Blob><Name>a</Name></Blob>"),
        ListOf("<Blob><Name>a</Name><Properties><Content-Length>1</Content-Length></Properties></Blob>"),
        ListOf("<Blob><Name>a</Name><Properties><Last-Modified>Sun, 29 Nov 2026 12:00:00 GMT</Last-Modified>"
               "<Content-Length>-1</Content-Length></Properties></Blob>")}) {
    EXPECT_EQ(ReadList(text).error().code, ErrorCode::kCorruptData) << text;
  }
}

TEST(AzureXml, EntitiesOfADocumentStayUnresolved) {
  const auto list = ReadList(
      "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><EnumerationResults><Blobs><BlobPrefix><Name>&e;"
      "/</Name></BlobPrefix></Blobs></EnumerationResults>");
  if (list) EXPECT_THAT(list->prefixes, testing::ElementsAre("&e;/"));
}

TEST(AzureXml, BlocksStandInTheirOrder) {
  EXPECT_EQ(
      WriteBlockList({"YQ==", "Yg=="}),
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>YQ==</Latest><Latest>Yg==</Latest></BlockList>");
}

}  // namespace
}  // namespace lakeferry::azure
