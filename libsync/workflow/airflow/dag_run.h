// DagRun: one run of an Airflow DAG as its REST API (v1 of Airflow 2, v2 of Airflow 3) tells it. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/run.h"
#include "json/reader.h"

namespace lakeferry::airflow {

// Absent for one that is queued: it has begun nothing, or was cleared after all of its tasks had ended, and begins
// anew. A state that is not known is that of a run that goes on. kCorruptLog where it lacks what every run has, is of
// another DAG, or contradicts itself.
[[nodiscard]] Result<std::optional<Run>> ReadDagRun(const json::Fields& fields, const std::string& dag);

}  // namespace lakeferry::airflow
