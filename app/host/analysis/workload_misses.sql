-- Deadlines that requests of the range missed, by cause: what the scheduler said of those that were late, the reason of those that got no
-- result. A slow batch while something was allocated is put down to that.
WITH missed AS (
  SELECT * FROM request
  WHERE arrivalNs >= $fromNs AND arrivalNs < $toNs AND deadlineNs >= 0 AND (outcome IN (3, 4) OR completionNs > deadlineNs)
), late AS (
  SELECT source, request, max(because) AS because, max(other) AS other FROM decision WHERE kind = 'late' GROUP BY source, request
), allocating AS (
  SELECT DISTINCT batch.source, batch.batch
  FROM batch
  JOIN memory ON memory.operation = 1 AND memory.timeNs >= batch.startNs AND memory.timeNs < batch.startNs + batch.durationNs
), explained AS (
  SELECT missed.*,
    CASE
      WHEN missed.outcome IN (3, 4) THEN CASE missed.outcome WHEN 3 THEN 'rejected: ' ELSE 'failed: ' END || missed.reason
      WHEN late.because = 'slow-kernel' AND allocating.batch IS NOT NULL THEN 'allocation-in-hot-path'
      ELSE coalesce(late.because, 'unknown')
    END AS cause,
    coalesce(late.other, '') AS behind
  FROM missed
  LEFT JOIN late ON late.source = missed.source AND late.request = missed.request
  LEFT JOIN allocating ON allocating.source = missed.source AND allocating.batch = missed.batch
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
