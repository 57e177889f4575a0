-- The versions of each model: requests that came in the range, what became of them, and how long those with a result took.
SELECT
  model AS "Model",
  version AS "Version",
  count(*) AS "Requests",
  100 * count(*) / sum(count(*)) OVER (PARTITION BY model) AS "Share (%)",
  count(DISTINCT key) AS "Askers",
  count(*) FILTER (outcome IN (1, 2)) AS "Answered",
  100 * avg((outcome = 3)::INTEGER) AS "Rejected (%)",
  100 * avg((outcome = 4)::INTEGER) AS "Failed (%)",
  100 * avg(CASE WHEN outcome IN (3, 4) OR completionNs > deadlineNs THEN 1 ELSE 0 END) FILTER (deadlineNs >= 0) AS "Missed (%)",
  avg(completionNs - arrivalNs) FILTER (outcome IN (1, 2)) AS "Avg (ns)",
  quantile_disc(completionNs - arrivalNs, 0.5) FILTER (outcome IN (1, 2)) AS "p50 (ns)",
  quantile_disc(completionNs - arrivalNs, 0.99) FILTER (outcome IN (1, 2)) AS "p99 (ns)",
  min(arrivalNs) AS "First (ns)",
  max(arrivalNs) AS "Last (ns)"
FROM request
WHERE arrivalNs >= $fromNs AND arrivalNs < $toNs
GROUP BY model, version
ORDER BY model, min(arrivalNs), version
