#include "storage/aws/canonical_request.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lakeferry::aws {
namespace {

using Field = std::pair<std::string, std::string>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Without blanks at its ends, and one in place of several.
std::string Trimmed(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

// What is signed, by name; of one name the values in their order, with commas.
std::vector<Field> HeadersToSign(const HttpRequest& request) {
  std::vector<Field> fields;
  fields.reserve(request.headers.size() + 1);
  fields.emplace_back("host", Authority(request.origin));
  for (const auto& [name, value] : request.headers) {
    std::string lower = Lower(name);
    const bool left_out = lower == "host" || std::ranges::find(kUnsignedHeaders, lower) != kUnsignedHeaders.end();
    if (left_out) continue;
    // Behind those of its own name.
    const auto place = std::ranges::upper_bound(fields, lower, {}, &Field::first);
    fields.emplace(place, std::move(lower), Trimmed(value));
  }
  size_t kept = 0;
  for (size_t i = 1; i < fields.size(); ++i) {
    if (fields[i].first == fields[kept].first) {
      fields[kept].second += "," + fields[i].second;
    } else if (++kept != i) {
      fields[kept] = std::move(fields[i]);
    }
  }
  fields.resize(kept + 1);
  return fields;
}

std::string NamesOf(const std::vector<Field>& fields) {
  std::string names;
  for (const auto& [name, value] : fields) {
    if (!names.empty()) names += ';';
    names += name;
  }
  return names;
}

std::string Normalized(std::string_view path) {
  std::vector<std::string_view> segments;
  const bool folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  for (size_t at = 0; at < path.size();) {
    const std::string_view segment = path.substr(at, path.find('/', at) - at);
    at += segment.size() + 1;
    if (segment == ".." && !segments.empty()) segments.pop_back();
    if (!segment.empty() && segment != "." && segment != "..") segments.push_back(segment);
  }
  std::string text;
  for (const std::string_view segment : segments) (text += '/') += segment;
  if (folder || text.empty()) text += '/';
  return text;
}

// Parameters as they are sent, in the order of their bytes; one without '=' has an empty value.
void AppendQuery(std::string& text, std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  for (size_t at = 0; at < query.size();) {
    const std::string_view parameter = query.substr(at, query.find('&', at) - at);
    at += parameter.size() + 1;
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (!parameter.empty()) {
      parameters.emplace_back(parameter.substr(0, equals), parameter.substr(std::min(equals + 1, parameter.size())));
    }
  }
  std::ranges::sort(parameters);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) text += '&';
    ((text += parameters[i].first) += '=') += parameters[i].second;
  }
}

}  // namespace

CanonicalRequest MakeCanonicalRequest(const HttpRequest& request, bool path_as_sent, std::string_view payload_hash) {
  const std::string_view target = request.target;
  const size_t question = std::min(target.find('?'), target.size());
  const std::vector<Field> fields = HeadersToSign(request);
  CanonicalRequest canonical{.text = {}, .signed_headers = NamesOf(fields)};
  std::string& text = canonical.text;
  text.reserve(target.size() + 1024);
  (text += MethodName(request.method)) += '\n';
  if (path_as_sent) {
    text += target.substr(0, question);
  } else {
    text += PercentEncode(Normalized(target.substr(0, question)), true);
  }
  text += '\n';
  AppendQuery(text, target.substr(std::min(question + 1, target.size())));
  text += '\n';
  for (const auto& [name, value] : fields) (((text += name) += ':') += value) += '\n';
  (((text += '\n') += canonical.signed_headers) += '\n') += payload_hash;
  return canonical;
}

std::string SignedHeaders(const HttpRequest& request) { return NamesOf(HeadersToSign(request)); }

}  // namespace lakeferry::aws
