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
  totalNs / 1e6 AS "timeMs",
  averageNs / 1e6 AS "averageMs",
  medianNs / 1e6 AS "medianMs",
  100 * totalNs / nullif(sum(totalNs) OVER (PARTITION BY source, engine, batchSize), 0) AS "percentage"
FROM latest
ORDER BY model, engine, batchSize, "index"
