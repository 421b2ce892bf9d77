// The files in which Google's tools keep who they are, of every type that needs no person. Pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/rsa_key.h"
#include "base/secret.h"
#include "http/origin.h"

namespace lakeferry::gcs {

struct KeyFile;

// "service_account": a key of its own, with which it asks for tokens.
struct ServiceAccount {
  std::string email;
  std::string key_id;
  RsaKey key;
  std::string token_uri;
};
// "authorized_user": what `gcloud auth application-default login` leaves.
struct AuthorizedUser {
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
  std::string token_uri;
};
// "external_account": a token of somebody else's, read anew each time from a file or a URL, is exchanged for Google's.
struct ExternalAccount {
  std::string audience;
  std::string subject_token_type;
  std::string token_url;
  std::string impersonation_url;  // empty: the token is for whoever the subject is
  std::string file;               // or
  std::string url;
  std::map<std::string, std::string> url_headers;
  std::string field;  // of a JSON document; empty: the whole text is the token
};
// "impersonated_service_account": on top of another.
struct Impersonated {
  std::string url;
  std::shared_ptr<const KeyFile> base;
};

struct KeyFile {
  std::variant<ServiceAccount, AuthorizedUser, ExternalAccount, Impersonated> kind;
};

// kInvalidArgument at `where` for what is no such file, or of a type that needs a program or another cloud's keys
// (refused by name), or would send a key elsewhere than to Google over TLS; never with a value out of the file.
[[nodiscard]] Result<KeyFile> ReadKeyFile(const Secret& json, std::string_view where);

}  // namespace lakeferry::gcs
