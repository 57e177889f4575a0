-- The same model in several precisions: the sum of its layers' means at each batch size, read in the range, and what that is of its fp32.
WITH latest AS (
  SELECT * FROM layer
  WHERE timeNs >= $fromNs AND timeNs < $toNs
  QUALIFY row_number() OVER (PARTITION BY source, engine, batchSize, "index" ORDER BY rowid DESC) = 1
), whole AS (
  SELECT model, engine, precision, batchSize, count(*) AS layers, sum(nullif(averageNs, -1)) AS wholeNs FROM latest GROUP BY model, engine, precision, batchSize
)
SELECT
  model AS "Model",
  batchSize::INTEGER AS "Batch",
  precision AS "Precision",
  engine AS "Engine",
  layers AS "Layers",
  wholeNs AS "Layers Avg (ns)",
  100 * wholeNs / min(wholeNs) FILTER (precision = 'fp32') OVER (PARTITION BY model, batchSize) AS "Of FP32 (%)"
FROM whole
ORDER BY model, batchSize, precision, engine
