#include "daemon/wiring/probe_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "json/reader.h"
#include "json/writer.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {
namespace {

constexpr size_t kBytesMax = size_t{1} << 20;

struct Question {
  std::string_view name;
  bool Probed::* answer;
};
constexpr std::array<Question, 7> kQuestions{{{"refuses_second_put", &Probed::refuses_second_put},
                                              {"one_of_two_puts", &Probed::one_of_two_puts},
                                              {"refuses_second_completion", &Probed::refuses_second_completion},
                                              {"refuses_second_copy", &Probed::refuses_second_copy},
                                              {"checks_checksums", &Probed::checks_checksums},
                                              {"checks_signatures", &Probed::checks_signatures},
                                              {"shows_what_it_took", &Probed::shows_what_it_took}}};

Result<std::pair<std::string, Probed>> ReadOne(const json::Fields& fields) {
  LF_TRY(std::string place, fields.String("place"));
  Probed probed;
  for (const Question& question : kQuestions) {
    LF_TRY(probed.*question.answer, fields.Bool(question.name));
  }
  LF_TRY(probed.ends, fields.Time("until_ms"));
  return std::pair(std::move(place), probed);
}

Result<std::map<std::string, Probed>> ReadAll(const std::string& text, const std::string& path) {
  json::Reader reader(kBytesMax);
  LF_TRY(const json::Fields document, reader.Read(text, "what was tried", path));
  LF_TRY(const std::vector<json::Fields> places, document.Objects("places"));
  std::map<std::string, Probed> all;
  for (const json::Fields& fields : places) {
    LF_TRY(auto one, ReadOne(fields));
    all.insert(std::move(one));
  }
  return all;
}

std::string Write(const std::map<std::string, Probed>& all) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Objects("places", all, [&](const auto& one) {
    json.Field("place", one.first);
    for (const Question& question : kQuestions) json.Field(question.name, one.second.*question.answer);
    json.Field("until_ms", one.second.ends);
  });
  return json.FinishLine();
}

// What stands there; nothing where that is no file, or more than such a file has.
std::string ReadBounded(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  std::string text;
  std::array<char, size_t{64} << 10> piece;
  while (fd.valid() && text.size() <= kBytesMax) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got == 0) return text;
    if (got < 0) break;
    text.append(piece.data(), static_cast<size_t>(got));
  }
  return {};
}

// Of this process alone until it has its name.
void Replace(const std::string& path, const std::string& text) {
  const std::string own = path + "." + std::to_string(::getpid());
  const int fd = ::open(own.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return;
  const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  if (!whole || std::rename(own.c_str(), path.c_str()) != 0) ::unlink(own.c_str());
}

}  // namespace

void ProbeFile::Use(std::string metadata_store) { metadata_store_ = std::move(metadata_store); }

std::map<std::string, Probed> ProbeFile::All() const {
  if (metadata_store_.empty()) return {};
  auto all = ReadAll(ReadBounded(Path()), Path());
  if (!all) return {};
  std::erase_if(*all, [this](const auto& one) { return clock_.WallTime() >= *one.second.ends; });
  return *std::move(all);
}

std::optional<Probed> ProbeFile::Find(const std::string& place) {
  auto all = All();
  const auto found = all.find(place);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

void ProbeFile::Keep(const std::string& place, const Probed& probed) {
  std::error_code error;
  if (metadata_store_.empty() || !probed.ends || !std::filesystem::exists(metadata_store_, error)) return;
  auto all = All();
  all.insert_or_assign(place, probed);
  Replace(Path(), Write(all));
}

}  // namespace lakeferry
