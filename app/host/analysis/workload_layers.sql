-- The layers of each engine at each batch size, read in the range, with the columns of trtexec's --exportProfile (name, timeMs, averageMs,
-- medianMs, percentage). A later reading of a layer replaces the earlier.
WITH latest AS (
  SELECT * FROM layer
  WHERE timeNs >= $fromNs AND timeNs < $toNs
  QUALIFY row_number() OVER (PARTITION BY source, engine, batchSize, "index" ORDER BY rowid DESC) = 1
)
SELECT
  model AS "model",
  engine AS "engine",
  precision AS "precision",
  batchSize::INTEGER AS "batch",
  type AS "type",
  name AS "name",
  nullif(totalNs, -1) / 1e6 AS "timeMs",
  nullif(averageNs, -1) / 1e6 AS "averageMs",
  nullif(medianNs, -1) / 1e6 AS "medianMs",
  100 * nullif(totalNs, -1) / nullif(sum(nullif(totalNs, -1)) OVER (PARTITION BY source, engine, batchSize), 0) AS "percentage"
FROM latest
ORDER BY model, engine, batchSize, "index"
