// Version 2 of the metadata store: the view that operators query, one row a group, and an index for the run ledger.
#pragma once

namespace lakeferry {

// Times are epoch milliseconds. A store that holds one role only shows what that role knows.
inline constexpr char kMigration002[] = R"sql(
CREATE INDEX runs_by_start ON runs (workflow, start_time);

CREATE VIEW epoch_metrics AS
SELECT e.role, e.group_name, e.epoch, json_object(
    'epoch', e.epoch,
    'state', e.state,
    'worked_ms', e.worked_ms,
    'files', coalesce((SELECT sum(t.files) FROM epoch_tables t
                       WHERE (t.role, t.group_name, t.epoch) = (e.role, e.group_name, e.epoch)), 0),
    'bytes', coalesce((SELECT sum(t.bytes) FROM epoch_tables t
                       WHERE (t.role, t.group_name, t.epoch) = (e.role, e.group_name, e.epoch)), 0),
    'tables', json((SELECT json_group_array(json_object(
                        'table', t.table_name,
                        'source_version', t.source_version,
                        'replica_version', t.replica_version,
                        'files', t.files,
                        'bytes', t.bytes,
                        'files_added', t.files_added,
                        'files_removed', t.files_removed))
                    FROM epoch_tables t
                    WHERE (t.role, t.group_name, t.epoch) = (e.role, e.group_name, e.epoch)))) AS metrics
FROM epochs e;

CREATE VIEW sync_metadata AS
WITH names AS (SELECT DISTINCT group_name FROM groups),
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
    coalesce(s.state, '') AS sender_state,
    coalesce(r.state, '') AS receiver_state,
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
            AND k.sender_state NOT IN ('staging') AND k.receiver_state NOT IN ('applying')
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
  CASE WHEN k.sender_error <> '' OR k.receiver_error <> '' THEN 'failed'
       WHEN k.receiver_state NOT IN ('', 'idle', 'waiting') THEN k.receiver_state
       WHEN k.sender_state <> '' THEN k.sender_state
       ELSE k.receiver_state END AS current_sync_status,
  CASE WHEN k.receiver_error = '' THEN k.sender_error
       WHEN k.sender_error = '' THEN k.receiver_error
       ELSE k.sender_error || '; ' || k.receiver_error END AS message
FROM known k;
)sql";

}  // namespace lakeferry
