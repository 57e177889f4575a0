-- The experiments that began in the range: what was measured, where, and how far it came. A later row of a point replaces the earlier.
WITH told AS (
  SELECT experiment, arg_min(timeNs, rowid) AS startNs, arg_max(pointCount, rowid) AS pointCount, arg_max(doneCount, rowid) AS doneCount,
    arg_max(device, rowid) FILTER (device <> '') AS device, max(deviceKind) AS deviceKind,
    max(spec) AS spec, max(event) AS lastEvent, arg_max(sentence, rowid) FILTER (event IN (4, 5)) AS sentence
  FROM experiment
  GROUP BY experiment
), measured AS (
  SELECT experiment, count(*) FILTER (failure <> '') AS failed, count(*) FILTER (correctness = 2) AS wrong, count(*) FILTER (isNoisy = 1) AS noisy
  FROM (SELECT * FROM point QUALIFY row_number() OVER (PARTITION BY experiment, "index" ORDER BY rowid DESC) = 1)
  GROUP BY experiment
)
SELECT
  told.experiment::BIGINT AS "Experiment",
  coalesce(CASE WHEN json_valid(spec) THEN spec ->> '$.kind' END, '') AS "Kind",
  coalesce(device, '') || CASE deviceKind WHEN 2 THEN ' [CPU]' ELSE '' END AS "Device",
  CASE lastEvent WHEN 3 THEN 'done' WHEN 4 THEN 'failed' WHEN 5 THEN 'cancelled' ELSE 'unfinished' END AS "State",
  doneCount::BIGINT AS "Points",
  pointCount::BIGINT AS "Of",
  coalesce(failed, 0) AS "Failed",
  coalesce(wrong, 0) AS "Wrong",
  coalesce(noisy, 0) AS "Noisy",
  startNs AS "Began at (ns)",
  coalesce(sentence, '') AS "What"
FROM told
LEFT JOIN measured USING (experiment)
WHERE startNs >= $fromNs AND startNs < $toNs
ORDER BY startNs
