// What is read of a line of a commit, by the tables of json_fields.h. Private to LineMender.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "delta/json_fields.h"

namespace lakeferry::delta {

// What a value in a line is, by the names that lead to it.
enum class LinePart : uint8_t {
  kLine,    // the line itself
  kAction,  // an action, or a structure of one: known members, and others that are left out
  kTexts,   // a map or list of texts
  kText,    // a text
  kPath,    // a text that no bracket can be: Spark makes a URI of it
  kKept,    // anything else that is read
  kLeftOut,
  kInfo,  // commitInfo
  kInfoJob,
  kInfoText,   // what is read of commitInfo by its name
  kInfoOther,  // what else commitInfo holds, of which some texts are read
};

struct LineMember {
  std::string_view name;
  LinePart part;
  std::span<const LineMember> members;  // of a kAction
};

template <typename T>
struct PartOf {
  static constexpr LinePart kPart = LinePart::kKept;
};
template <typename T>
struct PartOf<std::optional<T>> : PartOf<T> {};
template <>
struct PartOf<std::string> {
  static constexpr LinePart kPart = LinePart::kText;
};
template <>
struct PartOf<NullableMap> {
  static constexpr LinePart kPart = LinePart::kTexts;
};
template <>
struct PartOf<StringMap> {
  static constexpr LinePart kPart = LinePart::kTexts;
};
template <>
struct PartOf<std::vector<std::string>> {
  static constexpr LinePart kPart = LinePart::kTexts;
};
template <>
struct PartOf<DeletionVector> {
  static constexpr LinePart kPart = LinePart::kAction;
};
template <typename Provider, typename Options>
struct PartOf<FormatRef<Provider, Options>> {
  static constexpr LinePart kPart = LinePart::kAction;
};

inline constexpr std::array<LineMember, 2> kFormatMembers = {
    {{"provider", LinePart::kText, {}}, {"options", LinePart::kTexts, {}}}};

inline constexpr std::array<LineMember, 5> kVectorMembers = {{{"storageType", LinePart::kText, {}},
                                                              {"pathOrInlineDv", LinePart::kText, {}},
                                                              {"offset", LinePart::kKept, {}},
                                                              {"sizeInBytes", LinePart::kKept, {}},
                                                              {"cardinality", LinePart::kKept, {}}}};

template <typename Action, size_t kIndex>
constexpr LineMember MakeLineMember() {
  constexpr auto& kField = std::get<kIndex>(JsonShape<Action>::kFields);
  using Value = std::remove_cvref_t<std::invoke_result_t<decltype(kField.access), Action&>>;
  constexpr LinePart kPart = PartOf<Value>::kPart;
  if constexpr (std::is_same_v<Value, std::optional<DeletionVector>>) {
    return {kField.name, kPart, kVectorMembers};
  } else if constexpr (kField.name == "path") {
    return {kField.name, LinePart::kPath, {}};
  } else if constexpr (kPart == LinePart::kAction) {
    return {kField.name, kPart, kFormatMembers};
  } else {
    return {kField.name, kPart, {}};
  }
}

template <typename Action, size_t... I>
constexpr auto MakeLineMembers(std::index_sequence<I...> /*fields*/) {
  return std::array{MakeLineMember<Action, I>()...};
}

// The fields of an action.
template <typename Action>
inline constexpr auto kLineMembers =
    MakeLineMembers<Action>(std::make_index_sequence<std::tuple_size_v<decltype(JsonShape<Action>::kFields)>>());

template <typename Action>
constexpr LineMember LineAction() {
  return {JsonShape<Action>::kName, LinePart::kAction, kLineMembers<Action>};
}

// The members of a line.
inline constexpr std::array<LineMember, 10> kLineActions = {{LineAction<AddFile>(),
                                                             LineAction<RemoveFile>(),
                                                             LineAction<AddCdcFile>(),
                                                             LineAction<Metadata>(),
                                                             LineAction<Protocol>(),
                                                             LineAction<Txn>(),
                                                             LineAction<DomainMetadata>(),
                                                             LineAction<Sidecar>(),
                                                             LineAction<CheckpointMetadata>(),
                                                             {"commitInfo", LinePart::kInfo, {}}}};

// Those of commitInfo that are read by their names.
inline constexpr std::array<LineMember, 8> kInfoMembers = {{{"inCommitTimestamp", LinePart::kInfoText, {}},
                                                            {"timestamp", LinePart::kInfoText, {}},
                                                            {"operation", LinePart::kInfoText, {}},
                                                            {"engineInfo", LinePart::kInfoText, {}},
                                                            {"txnId", LinePart::kInfoText, {}},
                                                            {"userMetadata", LinePart::kInfoText, {}},
                                                            {"jobRunId", LinePart::kInfoText, {}},
                                                            {"job", LinePart::kInfoJob, {}}}};
inline constexpr std::array<LineMember, 3> kJobMembers = {
    {{"jobId", LinePart::kInfoText, {}}, {"runId", LinePart::kInfoText, {}}, {"jobRunId", LinePart::kInfoText, {}}}};

}  // namespace lakeferry::delta
