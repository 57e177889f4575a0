-- Copies and fills by size. MB is 10^6 bytes, as in nsys.
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
  sum(bytes) / 1e6 AS "Total (MB)",
  count(*) AS "Count",
  avg(bytes) / 1e6 AS "Avg (MB)",
  median(bytes) / 1e6 AS "Med (MB)",
  min(bytes) / 1e6 AS "Min (MB)",
  max(bytes) / 1e6 AS "Max (MB)",
  coalesce(stddev_samp(bytes), 0) / 1e6 AS "StdDev (MB)",
  text AS "Operation"
FROM operation
GROUP BY text
ORDER BY sum(bytes) DESC, text
