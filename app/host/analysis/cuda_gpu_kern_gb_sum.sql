-- Kernels by name, grid and block. Time (%) is a share of the listed rows.
WITH rows AS (
  SELECT coalesce(name.text, 'name ' || kernel.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END AS text, durationNs AS ns,
    format('{:4d} {:4d} {:4d}', gridX, gridY, gridZ) AS grid, format('{:4d} {:4d} {:4d}', blockX, blockY, blockZ) AS block
  FROM kernel
  LEFT JOIN name ON name.source = kernel.source AND name.id = kernel.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = kernel.source AND device.device = kernel.device
  WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
)
SELECT
  100 * sum(ns) / sum(sum(ns)) OVER () AS "Time (%)",
  sum(ns) AS "Total Time (ns)",
  count(*) AS "Instances",
  avg(ns) AS "Avg (ns)",
  median(ns) AS "Med (ns)",
  min(ns) AS "Min (ns)",
  max(ns) AS "Max (ns)",
  coalesce(stddev_samp(ns), 0) AS "StdDev (ns)",
  grid AS "GridXYZ",
  block AS "BlockXYZ",
  text AS "Name"
FROM rows
GROUP BY text, grid, block
ORDER BY sum(ns) DESC, text, grid, block
