-- Kernels by name. Time (%) is a share of the listed rows. The exact median comes from counting equal durations first, which is several
-- times faster than sorting every row: a timer has few distinct values.
WITH counted AS (
  SELECT source, device, name, durationNs AS ns, count(*) AS n
  FROM kernel
  WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
  GROUP BY ALL
), named AS (
  SELECT coalesce(name.text, 'name ' || counted.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END AS text, ns, sum(n) AS n
  FROM counted
  LEFT JOIN name ON name.source = counted.source AND name.id = counted.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = counted.source AND device.device = counted.device
  GROUP BY ALL
), ranked AS (
  SELECT text, ns, n,
    sum(n) OVER (PARTITION BY text ORDER BY ns) AS upTo,
    sum(n) OVER (PARTITION BY text) AS instances
  FROM named
), summed AS (
  SELECT text, sum(ns * n) AS total, any_value(instances) AS instances, min(ns) AS least, max(ns) AS most,
    (min(ns) FILTER (WHERE upTo >= floor((instances + 1) / 2)) + min(ns) FILTER (WHERE upTo >= floor(instances / 2) + 1)) / 2 AS middle,
    sum(ns * ns * n) AS squares
  FROM ranked
  GROUP BY text
)
SELECT
  100 * total / sum(total) OVER () AS "Time (%)",
  total AS "Total Time (ns)",
  instances::BIGINT AS "Instances",
  total / instances AS "Avg (ns)",
  middle AS "Med (ns)",
  least AS "Min (ns)",
  most AS "Max (ns)",
  CASE WHEN instances > 1 THEN sqrt(greatest(0, (squares - total * total / instances) / (instances - 1))) ELSE 0 END AS "StdDev (ns)",
  text AS "Name"
FROM summed
ORDER BY total DESC, text
