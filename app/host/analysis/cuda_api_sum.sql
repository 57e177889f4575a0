-- Calls into CUDA by function. Time (%) is a share of the listed rows.
SELECT
  100 * sum(durationNs) / sum(sum(durationNs)) OVER () AS "Time (%)",
  sum(durationNs) AS "Total Time (ns)",
  count(*) AS "Num Calls",
  avg(durationNs) AS "Avg (ns)",
  median(durationNs) AS "Med (ns)",
  min(durationNs) AS "Min (ns)",
  max(durationNs) AS "Max (ns)",
  coalesce(stddev_samp(durationNs), 0) AS "StdDev (ns)",
  coalesce(name.text, 'name ' || api.name) AS "Name"
FROM api
LEFT JOIN name ON name.source = api.source AND name.id = api.name
WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
GROUP BY coalesce(name.text, 'name ' || api.name)
ORDER BY sum(durationNs) DESC, "Name"
