// Version 13 of the metadata store: the view knows that a group may be paused.
#pragma once

namespace lakeferry {

inline constexpr char kMigration013[] = R"sql(
DROP VIEW sync_metadata;

CREATE VIEW sync_metadata AS
WITH names AS (SELECT DISTINCT group_name FROM groups),
-- The higher, the more a person wants to know of it: of two roles the worse one speaks for the group.
ranks AS (SELECT column1 AS state, column2 AS rank FROM (VALUES
  ('idle', 0), ('waiting', 1), ('staging', 2), ('applying', 3), ('restaging', 4), ('unknown', 5),
  ('paused', 6), ('held', 7), ('failed', 8), ('diverged', 9), ('halted', 10))),
known AS (
  SELECT n.group_name,
    coalesce(s.workspace_name, r.workspace_name) AS workspace_name,
    CASE WHEN s.role IS NULL THEN r.role ELSE s.role END AS names_role,
    coalesce(s.validated, 1) AND coalesce(r.validated, 1) AS validated,
    coalesce(s.last_successful_run_time, r.last_successful_run_time) AS last_successful_run_time,
    coalesce(s.sync_time_to_region, r.sync_time_to_region) AS sync_time_to_region,
    coalesce(r.sync_time_in_region, s.sync_time_in_region) AS sync_time_in_region,
    coalesce(s.reason, '') AS sender_reason,
    coalesce(r.reason, '') AS receiver_reason,
    s.state AS sender_state,
    r.state AS receiver_state,
    coalesce(s.last_error, '') AS sender_error,
    coalesce(r.last_error, '') AS receiver_error,
    min(coalesce(s.created, r.created), coalesce(r.created, s.created)) AS date_created,
    max(coalesce(s.updated, r.updated), coalesce(r.updated, s.updated)) AS date_updated,
    coalesce(s.sync_start, r.sync_start) AS sync_start_timestamp,
    coalesce(r.sync_end, s.sync_end) AS sync_end_timestamp
  FROM names n
  LEFT JOIN groups s ON s.role = 'sender' AND s.group_name = n.group_name
  LEFT JOIN groups r ON r.role = 'receiver' AND r.group_name = n.group_name
)
SELECT
  k.workspace_name,
  k.group_name,
  (SELECT group_concat(name, ',') FROM (SELECT g.name FROM group_names g
     WHERE g.role = k.names_role AND g.group_name = k.group_name AND g.kind = 'workflow'
     ORDER BY g.position)) AS workflow_name,
  (SELECT json_group_array(name) FROM (SELECT g.name FROM group_names g
     WHERE g.role = k.names_role AND g.group_name = k.group_name AND g.kind = 'table'
     ORDER BY g.position)) AS tables,
  k.validated,
  k.last_successful_run_time,
  CASE WHEN k.sync_time_in_region IS NOT NULL
            AND k.sync_time_in_region >= coalesce(k.sync_time_to_region, k.sync_time_in_region)
            AND coalesce(k.sender_state, '') NOT IN ('staging', 'restaging')
            AND coalesce(k.receiver_state, '') NOT IN ('applying', 'restaging')
       THEN 'Success' ELSE 'In Progress' END AS sync_status,
  CASE WHEN k.receiver_reason = '' THEN k.sender_reason
       WHEN k.sender_reason = '' OR k.sender_reason = k.receiver_reason THEN k.receiver_reason
       ELSE k.sender_reason || '; ' || k.receiver_reason END AS sync_reason,
  k.sync_time_to_region,
  k.sync_time_in_region,
  (SELECT m.metrics FROM epoch_metrics m WHERE m.role = 'sender' AND m.group_name = k.group_name
   ORDER BY m.epoch DESC LIMIT 1) AS source_operation_metrics,
  (SELECT m.metrics FROM epoch_metrics m WHERE m.role = 'receiver' AND m.group_name = k.group_name
   ORDER BY m.epoch DESC LIMIT 1) AS target_operation_metrics,
  k.date_created,
  k.date_updated,
  k.sync_start_timestamp,
  k.sync_end_timestamp,
  (SELECT known_state.state FROM (
     SELECT k.receiver_state AS state UNION ALL SELECT k.sender_state) AS known_state
   LEFT JOIN ranks ON ranks.state = known_state.state
   WHERE known_state.state IS NOT NULL
   ORDER BY coalesce(ranks.rank, 5) DESC LIMIT 1) AS current_sync_status,
  CASE WHEN k.receiver_error = '' THEN k.sender_error
       WHEN k.sender_error = '' THEN k.receiver_error
       ELSE k.sender_error || '; ' || k.receiver_error END AS message
FROM known k;
)sql";

}  // namespace lakeferry
