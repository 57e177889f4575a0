-- Deadlines kept over the last second, every half second: requests that came in the range and had a deadline, by the moment of their answer.
WITH answered AS (
  SELECT model, priority, completionNs, completionNs - arrivalNs AS latencyNs, outcome IN (1, 2) AND completionNs <= deadlineNs AS isKept
  FROM request
  WHERE arrivalNs >= $fromNs AND arrivalNs < $toNs AND deadlineNs >= 0
), bounds AS (
  SELECT floor(min(completionNs) / 5e8)::BIGINT AS first, floor(max(completionNs) / 5e8)::BIGINT + 1 AS last FROM answered
), windows AS (
  SELECT unnest(range(first + 1, last + 1)) * 5e8 AS toNs FROM bounds
)
SELECT
  model AS "Model",
  priority::INTEGER AS "Priority",
  windows.toNs - 1e9 AS "From (ns)",
  windows.toNs AS "To (ns)",
  count(*) AS "Requests",
  count(*) FILTER (isKept) AS "Kept",
  100 * avg(isKept::INTEGER) AS "Kept (%)",
  quantile_disc(latencyNs, 0.99) AS "p99 (ns)"
FROM windows
JOIN answered ON completionNs >= windows.toNs - 1e9 AND completionNs < windows.toNs
GROUP BY model, priority, windows.toNs
ORDER BY model, priority, windows.toNs
