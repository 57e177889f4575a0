-- What the experiments measured, a row a point: those whose measurement began in the range. -1 is "not known" and shown as nothing. A later row
-- of a point replaces the earlier. Shares are of the reference (cuBLAS) and of the roofline: what fits
-- into a cache may pass it, because its memory ceiling is that of a copy past all caches.
WITH latest AS (
  SELECT * FROM point QUALIFY row_number() OVER (PARTITION BY experiment, "index" ORDER BY rowid DESC) = 1
), counted AS (
  SELECT experiment, "index", metric, arg_max(value, rowid) AS value FROM pointMetric WHERE value >= 0 GROUP BY ALL
), metrics AS (
  SELECT experiment, "index",
    max(value) FILTER (metric = 'achieved_occupancy_ratio') AS achievedRatio,
    max(value) FILTER (metric = 'load_sectors_per_request') AS loadSectors,
    max(value) FILTER (metric = 'l2_hit_ratio') AS l2HitRatio,
    max(value) FILTER (metric = 'dram_read_bytes') AS dramReadBytes,
    max(value) FILTER (metric = 'dram_write_bytes') AS dramWriteBytes
  FROM counted
  GROUP BY ALL
), places AS (
  SELECT experiment, arg_max(device, rowid) FILTER (device <> '') AS device, max(deviceKind) AS deviceKind FROM experiment GROUP BY experiment
)
SELECT
  latest.experiment::BIGINT AS "Experiment",
  coalesce(places.device, '') || CASE deviceKind WHEN 2 THEN ' [CPU]' ELSE '' END AS "Device",
  CASE WHEN label = '' THEN format('{:g}', x) ELSE label END AS "Point",
  series AS "Variant",
  precision AS "Precision",
  CASE WHEN medianNs > 0 THEN medianNs END AS "Median (ns)",
  CASE WHEN spreadRatio >= 0 AND medianNs > 0 THEN 100 * spreadRatio END AS "Spread (%)",
  CASE WHEN coldNs > 0 THEN coldNs END AS "Cold Median (ns)",
  CASE WHEN flopsPerSec > 0 THEN flopsPerSec / 1e9 END AS "GFLOP/s",
  CASE WHEN bytesPerSec > 0 THEN bytesPerSec / 1e9 END AS "GB/s",
  CASE WHEN referenceRatio >= 0 THEN 100 * referenceRatio END AS "Of Reference (%)",
  CASE WHEN ceilingRatio >= 0 THEN 100 * ceilingRatio END AS "Of Ceiling (%)",
  CASE WHEN occupancyRatio >= 0 THEN 100 * occupancyRatio END AS "Occupancy (%)",
  limiter AS "Limiter",
  100 * achievedRatio AS "Achieved (%)",
  loadSectors AS "Sectors/Request",
  100 * l2HitRatio AS "L2 Hit (%)",
  dramReadBytes / 1e6 AS "DRAM Read (MB)",
  dramWriteBytes / 1e6 AS "DRAM Written (MB)",
  CASE WHEN coreClockKhz > 0 THEN coreClockKhz / 1e3 END AS "Clock (MHz)",
  CASE WHEN temperatureC > -1 THEN temperatureC END AS "Temp (°C)",
  CASE WHEN failure <> '' THEN 'failed' WHEN correctness = 1 THEN 'right' WHEN correctness = 2 THEN 'wrong' ELSE '' END AS "Result",
  concat_ws('; ',
    CASE role WHEN 2 THEN 'reference' WHEN 3 THEN 'ceiling' END,
    CASE WHEN isNoisy = 1 THEN 'noisy' END,
    CASE WHEN failure <> '' THEN failure END) AS "Remarks"
FROM latest
LEFT JOIN metrics ON metrics.experiment = latest.experiment AND metrics."index" = latest."index"
LEFT JOIN places ON places.experiment = latest.experiment
WHERE startNs >= $fromNs AND startNs < $toNs
ORDER BY latest.experiment, role = 3 DESC, x, latest."index"
