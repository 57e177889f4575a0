-- Copies and fills by time. Time (%) is a share of the listed rows.
WITH operation AS (
  SELECT durationNs AS ns, bytes, '[CUDA memcpy ' || CASE direction
    WHEN 1 THEN 'Host-to-Device' WHEN 2 THEN 'Device-to-Host' WHEN 3 THEN 'Host-to-Array' WHEN 4 THEN 'Array-to-Host'
    WHEN 5 THEN 'Array-to-Array' WHEN 6 THEN 'Array-to-Device' WHEN 7 THEN 'Device-to-Array' WHEN 8 THEN 'Device-to-Device'
    WHEN 9 THEN 'Host-to-Host' WHEN 10 THEN 'Peer-to-Peer' ELSE 'Unknown' END || ']' AS text
  FROM memcpy WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
  UNION ALL
  SELECT durationNs, bytes, '[CUDA memset]' FROM memset WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
)
SELECT
  100 * sum(ns) / sum(sum(ns)) OVER () AS "Time (%)",
  sum(ns) AS "Total Time (ns)",
  count(*) AS "Count",
  avg(ns) AS "Avg (ns)",
  median(ns) AS "Med (ns)",
  min(ns) AS "Min (ns)",
  max(ns) AS "Max (ns)",
  coalesce(stddev_samp(ns), 0) AS "StdDev (ns)",
  text AS "Operation"
FROM operation
GROUP BY text
ORDER BY sum(ns) DESC, text
