#include "storage/azure/azure_xml.h"

#include <fmt/format.h>

#include <iterator>
#include <pugixml.hpp>
#include <utility>

#include "http/http_date.h"
#include "http/origin.h"
#include "storage/cloud/size_text.h"

namespace lakeferry::azure {
namespace {

std::unexpected<Error> NoAnswer() {
  return Fail(ErrorCode::kCorruptData, "the answer to a listing is not what Azure gives", {},
              "see what answers at the endpoint: is it a Blob service?");
}

// The root element of a document, by its name; null where there is none such.
pugi::xml_node RootOf(pugi::xml_document& document, std::string_view xml, std::string_view name) {
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single)) return {};
  const pugi::xml_node root = document.document_element();
  return root.name() == name ? root : pugi::xml_node();
}

// A name with bytes that XML cannot hold is encoded, and says so.
std::string NameOf(pugi::xml_node entry) {
  const pugi::xml_node name = entry.child("Name");
  return name.attribute("Encoded").as_bool() ? PercentDecode(name.child_value()) : std::string(name.child_value());
}

// HTTP wants it in quotes; the XML has it without.
std::string EtagOf(std::string_view text) {
  return text.empty() || text.starts_with('"') ? std::string(text) : fmt::format("\"{}\"", text);
}

bool IsFolder(pugi::xml_node entry) {
  const std::string_view type = entry.child("Properties").child_value("ResourceType");
  return type == "directory" || entry.child("Metadata").child("hdi_isfolder").text().as_bool() ||
         entry.child("Metadata").child("Hdi_isfolder").text().as_bool();
}

}  // namespace

Result<ListResult> ReadList(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "EnumerationResults");
  if (!root) return NoAnswer();
  ListResult result;
  for (const pugi::xml_node entry : root.child("Blobs").children("Blob")) {
    const pugi::xml_node properties = entry.child("Properties");
    const auto modified = ParseHttpDate(properties.child_value("Last-Modified"));
    const bool folder = IsFolder(entry);
    result.hierarchical = result.hierarchical || properties.child("ResourceType");
    const auto size = SizeOf(properties.child_value("Content-Length"));
    if (!modified || (!folder && !size)) return NoAnswer();
    result.blobs.push_back({.key = NameOf(entry),
                            .size_bytes = size.value_or(0),
                            .modified = *modified,
                            .etag = EtagOf(properties.child_value("Etag")),
                            .is_folder = folder});
  }
  for (const pugi::xml_node entry : root.child("Blobs").children("BlobPrefix")) {
    result.hierarchical = result.hierarchical || entry.child("Properties").child("ResourceType");
    std::string prefix = NameOf(entry);
    if (prefix.ends_with('/')) result.prefixes.push_back(std::move(prefix));
  }
  result.next = root.child_value("NextMarker");
  return result;
}

Fault ReadFault(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "Error");
  if (!root) return {};
  // What follows the first line is the request's id and time.
  const std::string_view message = root.child_value("Message");
  return {.code = root.child_value("Code"), .message = std::string(message.substr(0, message.find('\n')))};
}

Result<std::vector<LooseBlock>> ReadLooseBlocks(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "BlockList");
  if (!root) return NoAnswer();
  std::vector<LooseBlock> blocks;
  for (const pugi::xml_node entry : root.child("UncommittedBlocks").children("Block")) {
    const auto size = SizeOf(entry.child_value("Size"));
    if (!size) return NoAnswer();
    blocks.push_back({.id = entry.child_value("Name"), .size_bytes = *size});
  }
  return blocks;
}

std::string WriteBlockList(const std::vector<std::string>& ids) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const std::string& id : ids) fmt::format_to(std::back_inserter(xml), "<Latest>{}</Latest>", id);
  return xml + "</BlockList>";
}

}  // namespace lakeferry::azure
