-- How large batches that began in the range were, and how long each size took. A batch that was ended before it was done has no time.
SELECT
  model AS "Model",
  version AS "Version",
  engine AS "Engine",
  requestCount::INTEGER AS "Size",
  count(*) AS "Batches",
  100 * count(*) / sum(count(*)) OVER (PARTITION BY model, version, engine) AS "Share (%)",
  count(*) FILTER (isOk = 0) AS "Failed",
  avg(durationNs) FILTER (durationNs >= 0) AS "Avg (ns)",
  quantile_disc(durationNs, 0.5) FILTER (durationNs >= 0) AS "Med (ns)",
  max(durationNs) FILTER (durationNs >= 0) AS "Max (ns)",
  avg(predictedNs) FILTER (predictedNs >= 0) AS "Predicted Avg (ns)",
  avg(durationNs) FILTER (durationNs >= 0) / requestCount AS "Avg of One (ns)"
FROM batch
WHERE startNs >= $fromNs AND startNs < $toNs
GROUP BY model, version, engine, requestCount
ORDER BY model, version, engine, requestCount
