-- Kernels by name, grid and block. Time (%) is a share of the listed rows. Names are looked up once for each different kernel, and rows
-- are grouped by numbers: grouping every row by its texts takes several times as long.
WITH kinds AS (
  SELECT DISTINCT source, device, name FROM kernel WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
), named AS (
  SELECT kinds.source, kinds.device, kinds.name,
    coalesce(name.text, 'name ' || kinds.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END AS text
  FROM kinds
  LEFT JOIN name ON name.source = kinds.source AND name.id = kinds.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = kinds.source AND device.device = kinds.device
), ranked AS (
  SELECT *, dense_rank() OVER (ORDER BY text) AS rank FROM named
), summed AS (
  SELECT rank, gridX, gridY, gridZ, blockX, blockY, blockZ, sum(durationNs) AS total, count(*) AS instances, avg(durationNs) AS mean,
    median(durationNs) AS middle, min(durationNs) AS least, max(durationNs) AS most, coalesce(stddev_samp(durationNs), 0) AS deviation
  FROM kernel JOIN ranked USING (source, device, name)
  WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
  GROUP BY ALL
)
SELECT
  100 * total / sum(total) OVER () AS "Time (%)",
  total AS "Total Time (ns)",
  instances AS "Instances",
  mean AS "Avg (ns)",
  middle AS "Med (ns)",
  least AS "Min (ns)",
  most AS "Max (ns)",
  deviation AS "StdDev (ns)",
  format('{:4d} {:4d} {:4d}', gridX, gridY, gridZ) AS "GridXYZ",
  format('{:4d} {:4d} {:4d}', blockX, blockY, blockZ) AS "BlockXYZ",
  text AS "Name"
FROM summed JOIN (SELECT DISTINCT rank, text FROM ranked) USING (rank)
ORDER BY total DESC, text, "GridXYZ", "BlockXYZ"
