// Reading action fields out of simdjson's DOM by the tables of json_fields.h. Private to the commit reader.
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "delta/commit_json.h"
#include "delta/json_fields.h"

namespace lakeferry::delta {

using JsonValue = simdjson::dom::element;

// What is wrong with a value, for one line of an error message; empty for nothing.
struct JsonProblem {
  std::string text;
  bool says_nothing = false;  // the action lacks what it is about: engines pass over it
};

// Each returns whether the value has the type; `out` takes the value as it stands.
inline bool ReadJson(JsonValue value, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  out.assign(text);
  return true;
}
// A number that is none as it stands: with a fraction, which is cut off, or as text. delta-rs reads both.
bool ReadOddNumber(JsonValue value, int64_t& out);
inline bool ReadJson(JsonValue value, int64_t& out) {
  return value.get(out) == simdjson::SUCCESS || ReadOddNumber(value, out);
}
inline bool ReadJson(JsonValue value, bool& out) { return value.get(out) == simdjson::SUCCESS; }
inline bool ReadJson(JsonValue value, int32_t& out) {
  int64_t wide = 0;
  if (!ReadJson(value, wide) || !std::in_range<int32_t>(wide)) return false;
  out = static_cast<int32_t>(wide);
  return true;
}
bool ReadJson(JsonValue value, std::vector<std::string>& out);
bool ReadJson(JsonValue value, NullableMap& out);
bool ReadJson(JsonValue value, StringMap& out);
bool ReadJson(JsonValue value, DeletionVector& out);
bool ReadJson(JsonValue value, FormatRef<std::string, StringMap> out);
inline bool ReadJson(JsonValue value, AlwaysFalse) { return value.is_bool(); }

// What `out` holds is written over, so that its memory serves again.
template <typename T>
bool ReadJson(JsonValue value, std::optional<T>& out) {
  if (!out) out.emplace();
  return ReadJson(value, *out);
}

inline void Clear(AlwaysFalse) {}
inline void Clear(FormatRef<std::string, StringMap> out) {
  out.provider = "parquet";
  out.options.clear();
}
template <typename T>
void Clear(T& out) {
  out = T();
}

// One entry of an action's table as code.
template <typename Action>
struct JsonSlot {
  std::string_view name;
  Presence presence;
  bool (*read)(JsonValue, Action&);
  void (*clear)(Action&);
};

template <typename Action, size_t... I>
constexpr auto MakeSlots(std::index_sequence<I...>) {
  constexpr auto& kFields = JsonShape<Action>::kFields;
  return std::array{JsonSlot<Action>{std::get<I>(kFields).name, std::get<I>(kFields).presence,
                                     [](JsonValue value, Action& action) {
                                       auto&& member =
                                           std::invoke(std::get<I>(JsonShape<Action>::kFields).access, action);
                                       return ReadJson(value, std::forward<decltype(member)>(member));
                                     },
                                     [](Action& action) {
                                       auto&& member =
                                           std::invoke(std::get<I>(JsonShape<Action>::kFields).access, action);
                                       Clear(std::forward<decltype(member)>(member));
                                     }}...};
}

template <typename Action>
inline constexpr auto kSlots =
    MakeSlots<Action>(std::make_index_sequence<std::tuple_size_v<decltype(JsonShape<Action>::kFields)>>());

// Fills `out` from an object, whatever it held before. Unknown fields are passed over; null counts as absent. Of a
// field that is there twice the last one counts, as engines have it.
template <typename Action>
bool ReadObject(JsonValue value, Action& out, JsonProblem& problem) {
  constexpr auto& kTable = kSlots<Action>;
  const auto complain = [&](std::string_view field, const char* what) {
    problem.text.append("field '")
        .append(field)
        .append("' of '")
        .append(JsonShape<Action>::kName)
        .append("' ")
        .append(what);
    return false;
  };
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    problem.says_nothing = JsonShape<Action>::kLenient;
    if (JsonShape<Action>::kLenient) return true;
    problem.text.append("'").append(JsonShape<Action>::kName).append("' is no object");
    return false;
  }
  uint32_t seen = 0;
  size_t next = 0;  // writers keep an order, mostly the protocol's
  for (const auto [key, field] : object) {
    size_t slot = next;
    size_t tried = 0;
    for (; tried < kTable.size() && kTable[slot].name != key; ++tried) slot = slot + 1 == kTable.size() ? 0 : slot + 1;
    if (tried == kTable.size()) continue;
    next = slot + 1 == kTable.size() ? 0 : slot + 1;
    seen &= ~(1U << slot);
    if (field.is_null()) continue;
    if (kTable[slot].read(field, out)) {
      seen |= 1U << slot;
    } else if (!JsonShape<Action>::kLenient) {
      return complain(key, "has a wrong type or value");
    }
  }
  for (size_t slot = 0; slot < kTable.size(); ++slot) {
    if ((seen >> slot & 1U) != 0) continue;
    if (kTable[slot].presence == Presence::kRequired) return complain(kTable[slot].name, "is missing");
    problem.says_nothing = problem.says_nothing || kTable[slot].presence == Presence::kSubject;
    kTable[slot].clear(out);
  }
  return true;
}

// commitInfo is free-form, and readers of a snapshot pass over it: what has an unexpected type counts as absent.
void ReadCommitInfo(JsonValue value, CommitInfo& out);

}  // namespace lakeferry::delta
