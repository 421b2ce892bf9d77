#include "daemon/output/group_answer.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "daemon/output/lines.h"
#include "daemon/output/place_output.h"

namespace lakeferry {

void WriteErrorObject(json::Writer& json, const Error& error) {
  json.Object("error", [&] {
    json.Field("kind", ErrorCodeName(error.code));
    json.Field("message", FitToShow(error.message, kMessageBytesMax));
    WriteWhere(json, "where", error.where);
    json.Field("remedy", FitToShow(error.remedy));
  });
}

std::string PlaceAndRemedy(const Place& where, const std::string& remedy) {
  std::string text;
  if (!where.empty()) text += Wrapped("where: " + FitToShow(where.text()), 2);
  if (!remedy.empty()) text += Wrapped("remedy: " + FitToShow(remedy), 2);
  return text;
}

std::string FailureText(const std::string& group, const Error& error) {
  return Wrapped(fmt::format("{}: FAILED ({}): {}", group, ErrorCodeName(error.code), FitToShow(error.message))) +
         PlaceAndRemedy(error.where, error.remedy);
}

}  // namespace lakeferry
