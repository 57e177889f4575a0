-- Deadlines that requests of the range missed, by cause: that of late_cause for those that were late, the reason of those that got no result.
WITH missed AS (
  SELECT * FROM request
  WHERE arrivalNs >= $fromNs AND arrivalNs < $toNs AND deadlineNs >= 0 AND (outcome IN (3, 4) OR completionNs > deadlineNs)
), explained AS (
  SELECT missed.*,
    CASE
      WHEN missed.outcome IN (3, 4) THEN CASE missed.outcome WHEN 3 THEN 'rejected: ' ELSE 'failed: ' END || missed.reason
      ELSE coalesce(late_cause.cause, 'unknown')
    END AS cause,
    coalesce(late_cause.other, '') AS behind
  FROM missed
  LEFT JOIN late_cause ON late_cause.source = missed.source AND late_cause.request = missed.request
)
SELECT
  model AS "Model",
  priority::INTEGER AS "Priority",
  stage::INTEGER AS "Stage",
  cause AS "Cause",
  behind AS "Behind",
  count(*) AS "Missed",
  avg(completionNs - deadlineNs) AS "Late Avg (ns)",
  max(completionNs - deadlineNs) AS "Late Max (ns)",
  avg(dispatchNs - arrivalNs - batchWaitNs) FILTER (dispatchNs >= 0) AS "Queue Avg (ns)",
  avg(batchWaitNs) AS "Batch Wait Avg (ns)",
  avg(completionNs - dispatchNs) FILTER (dispatchNs >= 0) AS "Service Avg (ns)",
  arg_max(request, completionNs - deadlineNs)::BIGINT AS "Worst Request"
FROM explained
GROUP BY model, priority, stage, cause, behind
ORDER BY count(*) DESC, model, priority, stage, cause, behind
