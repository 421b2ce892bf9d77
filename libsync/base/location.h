// Location: where a table or a staging area lies, as people name it: the one place that knows how URIs of stores are
// written. Pure. What it prints, and every error of its, is free of secrets: what stands where a name and a password go
// is refused and not repeated.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

// As Spark and delta-rs users write them. Beside their own names, kAbfss is read from abfs:// and kWasbs from wasb://,
// which differ in that Hadoop may leave out TLS there: this program never does.
enum class Scheme : uint8_t { kFile, kS3, kS3a, kAbfss, kWasbs, kAz, kGs };

[[nodiscard]] std::span<const Scheme> AllSchemes();
// "file", "s3", …
[[nodiscard]] std::string_view SchemeName(Scheme scheme);
// Whether it names a container of Azure's storage.
[[nodiscard]] constexpr bool IsAzure(Scheme scheme) {
  return scheme == Scheme::kAbfss || scheme == Scheme::kWasbs || scheme == Scheme::kAz;
}
// "file:// and s3://".
[[nodiscard]] std::string SchemeList(std::span<const Scheme> schemes);
// That of a URI; absent where it has none, or one that is no store's.
[[nodiscard]] std::optional<Scheme> SchemeOf(std::string_view uri);

// What tells one store from another: scheme and authority of a URI in one spelling, whatever engine wrote them; "://"
// for the local file system. s3, s3a and s3n are one service; so are abfs, abfss, wasb and wasbs of one account,
// whether its name leads to its dfs or its blob endpoint. Takes any scheme, and an empty one as file.
[[nodiscard]] std::string StoreName(std::string_view scheme, std::string_view authority);

// Which characters are taken as they are: file:// is percent-decoded once. In all others Spark takes a '%' for itself
// and delta-rs decodes it, so that none is allowed, nor are "//" (delta-rs refuses it), '?', '#', '.' and '..' as
// segments, and control bytes anywhere.
//
//   file:///folder                                       also file:/folder and file://localhost/folder
//   s3://bucket/prefix  s3a://bucket/prefix  gs://bucket/prefix
//   s3://arn:aws:s3:region:account:accesspoint/name/prefix
//   abfss://container@account.dfs.core.windows.net/path  wasbs://container@account.blob.core.windows.net/path
//   az://container/path                                  the account comes with the credential; or container@host
class Location {
 public:
  // kInvalidArgument naming what is wrong and what to write instead.
  [[nodiscard]] static Result<Location> Parse(std::string_view text);
  // A folder of this machine by its absolute path, in which no character means anything else. Errors as of Parse.
  [[nodiscard]] static Result<Location> OfFolder(std::string_view folder);

  [[nodiscard]] Scheme scheme() const { return scheme_; }
  // The bucket, the ARN of its access point, or at Azure the container; empty for a file.
  [[nodiscard]] const std::string& bucket() const { return bucket_; }
  // At Azure the account's host; empty where the credential is to tell it, and for all others.
  [[nodiscard]] const std::string& host() const { return host_; }
  // A file's absolute folder; for all others what is below the bucket, without a '/' at its ends. Decoded.
  [[nodiscard]] const std::string& path() const { return path_; }

  // The one spelling of it in its scheme: Parse makes the same of it again.
  [[nodiscard]] std::string Print() const;
  // StoreName of it.
  [[nodiscard]] std::string store() const;
  // store() and the path, ended by a '/': a place that lies in another begins with it.
  [[nodiscard]] std::string place() const;

  // One place, whatever scheme names it. That of an az:// location without a host is only known to its own kind.
  friend bool operator==(const Location& a, const Location& b) { return a.place() == b.place(); }

 private:
  Location(Scheme scheme, std::string bucket, std::string host, std::string path)
      : scheme_(scheme), bucket_(std::move(bucket)), host_(std::move(host)), path_(std::move(path)) {}
  [[nodiscard]] static Result<Location> ParseFile(std::string_view text);
  [[nodiscard]] static Result<Location> ParseFar(Scheme scheme, std::string_view rest);
  // What stands between "//" and the path.
  [[nodiscard]] std::string authority() const;

  Scheme scheme_;
  std::string bucket_;
  std::string host_;
  std::string path_;
};

}  // namespace lakeferry
