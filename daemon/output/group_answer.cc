#include "daemon/output/group_answer.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "daemon/output/lines.h"

namespace lakeferry {
void WriteErrorObject(json::Writer& json, const Error& error) {
  json.Object("error", [&] {
    json.Field("kind", ErrorCodeName(error.code));
    json.Field("message", FitToShow(error.message, kMessageBytesMax));
    json.Field("where", FitToShow(error.where));
    json.Field("remedy", FitToShow(error.remedy));
  });
}

std::string PlaceAndRemedy(const std::string& where, const std::string& remedy) {
  std::string text;
  if (!where.empty()) text += Wrapped("where: " + FitToShow(where), 2);
  if (!remedy.empty()) text += Wrapped("remedy: " + FitToShow(remedy), 2);
  return text;
}

std::string FailureText(const std::string& group, const Error& error) {
  return Wrapped(fmt::format("{}: FAILED ({}): {}", group, ErrorCodeName(error.code), FitToShow(error.message))) +
         PlaceAndRemedy(error.where, error.remedy);
}

}  // namespace lakeferry
