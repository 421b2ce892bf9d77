#include "storage/aws/sources/sts_document.h"

#include <pugixml.hpp>

#include "storage/aws/sources/credential_document.h"

namespace lakeferry::aws {
namespace {

bool Parse(pugi::xml_document& document, std::string_view text) {
  return static_cast<bool>(document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8));
}

}  // namespace

std::expected<Credentials, std::string> ReadRoleReply(const Secret& xml) {
  pugi::xml_document document;
  if (!Parse(document, xml.Reveal())) return std::unexpected("it is no XML");
  const pugi::xml_node result = document.first_child().first_child();  // …Response, …Result
  const pugi::xml_node credentials = result.child("Credentials");
  for (const char* name : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}) {
    if (*credentials.child_value(name) == '\0') return std::unexpected(std::string("it has no ") + name);
  }
  const auto ends = ParseTime(credentials.child_value("Expiration"));
  if (!ends) return std::unexpected("its Expiration is no time");
  return MakeCredentials(credentials.child_value("AccessKeyId"), SecretFrom(credentials.child_value("SecretAccessKey")),
                         SecretFrom(credentials.child_value("SessionToken")), *ends);
}

std::optional<StsFault> ReadFault(std::string_view xml) {
  pugi::xml_document document;
  if (!Parse(document, xml)) return std::nullopt;
  const pugi::xml_node root = document.child("ErrorResponse");
  const pugi::xml_node error = root ? root.child("Error") : document.child("Response").child("Errors").child("Error");
  if (!error || *error.child_value("Code") == '\0') return std::nullopt;
  return StsFault{.code = error.child_value("Code"), .message = error.child_value("Message")};
}

}  // namespace lakeferry::aws
