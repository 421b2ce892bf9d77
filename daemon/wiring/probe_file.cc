#include "daemon/wiring/probe_file.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/wiring/side_file.h"
#include "json/reader.h"
#include "json/writer.h"

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

}  // namespace

void ProbeFile::Use(std::string metadata_store) { metadata_store_ = std::move(metadata_store); }

std::map<std::string, Probed> ProbeFile::All() const {
  if (metadata_store_.empty()) return {};
  auto all = ReadAll(ReadSideFile(Path(), kBytesMax), Path());
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
  ReplaceSideFile(Path(), Write(all));
}

}  // namespace lakeferry
