-- How long requests that came in the range took, by model, priority and place in their pipeline. Percentiles are of those that got a result, by
-- nearest rank; a missed deadline is an answer after it, or none.
SELECT
  model AS "Model",
  priority::INTEGER AS "Priority",
  stage::INTEGER AS "Stage",
  count(*) AS "Requests",
  count(*) FILTER (outcome = 1) AS "Completed",
  count(*) FILTER (outcome = 2) AS "Reused",
  count(*) FILTER (outcome = 3) AS "Rejected",
  count(*) FILTER (outcome = 4) AS "Failed",
  100 * avg(CASE WHEN outcome IN (3, 4) OR completionNs > deadlineNs THEN 1 ELSE 0 END) FILTER (deadlineNs >= 0) AS "Missed (%)",
  avg(completionNs - arrivalNs) FILTER (outcome IN (1, 2)) AS "Avg (ns)",
  quantile_disc(completionNs - arrivalNs, 0.5) FILTER (outcome IN (1, 2)) AS "p50 (ns)",
  quantile_disc(completionNs - arrivalNs, 0.9) FILTER (outcome IN (1, 2)) AS "p90 (ns)",
  quantile_disc(completionNs - arrivalNs, 0.95) FILTER (outcome IN (1, 2)) AS "p95 (ns)",
  quantile_disc(completionNs - arrivalNs, 0.99) FILTER (outcome IN (1, 2)) AS "p99 (ns)",
  max(completionNs - arrivalNs) FILTER (outcome IN (1, 2)) AS "Max (ns)",
  quantile_disc(dispatchNs - arrivalNs, 0.5) FILTER (outcome = 1) AS "Queue Med (ns)",
  quantile_disc(completionNs - dispatchNs, 0.5) FILTER (outcome = 1) AS "Service Med (ns)"
FROM request
WHERE arrivalNs >= $fromNs AND arrivalNs < $toNs
GROUP BY model, priority, stage
ORDER BY model, priority, stage
