#include "daemon/config/config_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "daemon/config/config_values.h"

namespace lakeferry {
namespace {

constexpr std::string_view kHowToListen =
    "write an address in numbers and a port, such as 127.0.0.1:9270 or [::1]:9270";

std::optional<HttpAddress> CheckListen(const ConfigText& text, ConfigProblems& problems) {
  auto address = ParseHttpAddress(text.text);
  if (!address) problems.Add(text.place, "this is no address to listen on", std::string(kHowToListen));
  return address;
}

// One address for both roles, or one for each.
void ReadListen(ConfigMap& map, HttpSettings& http) {
  const ConfigNode* node = map.Value("listen");
  if (node == nullptr) {
    if (!map.Has("listen")) map.Report("listen", "listen is missing", std::string(kHowToListen));
    return;
  }
  if (node->kind != ConfigNode::Kind::kMap) {
    if (const auto text = map.Text("listen")) http.sender = http.receiver = CheckListen(*text, map.problems());
    return;
  }
  auto roles = map.Map("listen", kHttpListenLevel);
  if (!roles) return;
  if (const auto text = roles->Text("sender")) http.sender = CheckListen(*text, map.problems());
  if (const auto text = roles->Text("receiver")) http.receiver = CheckListen(*text, map.problems());
  if (http.sender && http.sender == http.receiver) {
    roles->Report("receiver", "sender and receiver are to listen at the same address", "give each a port of its own");
  }
}

std::string PathAt(ConfigMap& map, std::string_view key) {
  std::string path = TextAt(map, key);
  if (!path.empty() && !path.starts_with('/')) {
    map.Report(key, "the path is not absolute", "write it from the root on");
  }
  return path;
}

void ReadTls(ConfigMap& map, HttpSettings& http) {
  auto tls = map.Map("tls", kHttpTlsLevel);
  if (!tls) return;
  http.certificate = PathAt(*tls, "certificate");
  http.key = PathAt(*tls, "key");
  for (const std::string_view key : {"certificate", "key"}) {
    if (!tls->Has(key)) tls->Report(key, fmt::format("{} is missing", key), "name the PEM file");
  }
}

std::optional<HttpController> ReadController(const ConfigMap::Element& element, bool certificates,
                                             ConfigProblems& problems) {
  auto map = ConfigMap::Open(*element.node, element.place, kHttpControlLevel, problems);
  if (!map) return std::nullopt;
  HttpController controller;
  if (const auto name = map->RequiredText("name", "on_call")) {
    if (CheckName(*name, problems)) controller.name = name->text;
  }
  if (map->Has("token")) controller.token = ReadSecretRef(*map, "token");
  controller.certificate = TextAt(*map, "certificate");
  if (map->Has("token") == map->Has("certificate")) {
    map->Report("name", "somebody is known by a token or by a certificate",
                "write token: {file: /path}, or certificate: with the subject of a client's certificate");
  } else if (map->Has("certificate") && !certificates) {
    map->Report("certificate", "clients show no certificate here", "add tls and client_ca, or give a token");
  }
  return controller;
}

// Each is known by a name of his own, for that is what records have.
void ReadControl(ConfigMap& map, HttpSettings& http) {
  if (!map.Has("control")) return;
  for (const ConfigMap::Element& element : map.RequiredList("control", "those who may tell the service what to do")) {
    auto controller = ReadController(element, map.Has("client_ca"), map.problems());
    if (!controller || controller->name.empty()) continue;
    const auto same = [&](const HttpController& other) {
      return other.name == controller->name || (controller->token && other.token == controller->token) ||
             (!controller->certificate.empty() && other.certificate == controller->certificate);
    };
    if (std::ranges::any_of(http.control, same)) {
      map.problems().Add(element.place, fmt::format("'{}' is not told from another entry of control", controller->name),
                         "give each a name and a token or certificate of its own");
    }
    if (controller->token && controller->token == http.token) {
      map.problems().Add(element.place, "the token by which one reads is no token by which one controls",
                         "give control a token of its own");
    }
    http.control.push_back(*std::move(controller));
  }
}

// Anybody else than this machine is let in by TLS and a proof alone.
void CheckOpenness(ConfigMap& map, const HttpSettings& http) {
  const auto open = [](const std::optional<HttpAddress>& address) { return address && !IsLoopback(*address); };
  if (!open(http.sender) && !open(http.receiver)) return;
  if (!map.Has("tls")) {
    map.Report("listen", "others than this machine reach this address, and what they ask for goes without encryption",
               "add tls: {certificate: /path, key: /path}, or listen on 127.0.0.1");
  }
  if (!map.Has("token") && !map.Has("client_ca")) {
    map.Report("listen", "others than this machine reach this address, and nothing says who may ask",
               "add token: {file: /path} or client_ca: /path, or listen on 127.0.0.1");
  }
}

}  // namespace

std::optional<HttpAddress> ParseHttpAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  HttpAddress address;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(host, error);
  const bool good = failed == std::errc() && end == digits.data() + digits.size() && address.port > 0 && !error;
  if (!good || parsed.is_v6() != bracketed) return std::nullopt;
  address.address = parsed.to_string();
  return address;
}

std::string ToString(const HttpAddress& address) {
  return address.address.contains(':') ? fmt::format("[{}]:{}", address.address, address.port)
                                       : fmt::format("{}:{}", address.address, address.port);
}

bool IsLoopback(const HttpAddress& address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address.address, error);
  return !error && parsed.is_loopback();
}

std::optional<HttpSettings> ReadHttp(ConfigMap& top) {
  auto map = top.Map("http", kHttpLevel);
  if (!map) return std::nullopt;
  HttpSettings http;
  ReadListen(*map, http);
  ReadTls(*map, http);
  http.client_ca = PathAt(*map, "client_ca");
  if (map->Has("token")) http.token = ReadSecretRef(*map, "token");
  if (map->Has("push_secret")) http.push_secret = ReadSecretRef(*map, "push_secret");
  ReadControl(*map, http);
  for (const ConfigText& name : map->Texts("names")) {
    http.names.push_back(name.text);
    if (name.text.find_first_of("/:@ ") == std::string::npos) continue;
    map->problems().Add(name.place, "this is no host's name", "write the name alone, without scheme and port");
  }
  if (map->Has("client_ca") && !map->Has("tls")) {
    map->Report("client_ca", "certificates of clients are shown under TLS alone", "add tls, or remove client_ca");
  }
  CheckOpenness(*map, http);
  return http;
}

}  // namespace lakeferry
