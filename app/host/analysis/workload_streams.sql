-- How much of the time each of the scheduler's streams ran a batch that began in the range, and how much of that beside another stream. The
-- whole is from the first batch's begin to the last one's end.
WITH ran AS (
  SELECT source, stream, startNs, startNs + durationNs AS endNs FROM batch WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs > 0
), steps AS (
  SELECT source, stream, startNs AS timeNs, 1 AS step FROM ran UNION ALL SELECT source, stream, endNs, -1 FROM ran
), streams AS (
  SELECT source, stream, count(*) AS batches FROM ran GROUP BY source, stream
), moments AS (
  SELECT streams.source, streams.stream, timeNs, sum(step) FILTER (steps.stream = streams.stream) AS ownStep, sum(step) AS allStep
  FROM streams JOIN steps ON steps.source = streams.source
  GROUP BY streams.source, streams.stream, timeNs
), spans AS (
  SELECT source, stream, lead(timeNs) OVER moment - timeNs AS lengthNs,
    sum(coalesce(ownStep, 0)) OVER moment AS own, sum(allStep) OVER moment AS running
  FROM moments
  WINDOW moment AS (PARTITION BY source, stream ORDER BY timeNs)
), measured AS (
  SELECT source, stream, sum(lengthNs) AS wholeNs, sum(lengthNs) FILTER (own > 0) AS busyNs,
    coalesce(sum(lengthNs) FILTER (own > 0 AND running > own), 0) AS besideNs
  FROM spans
  GROUP BY source, stream
)
SELECT
  source::INTEGER AS "Source",
  stream::INTEGER AS "Stream",
  batches AS "Batches",
  busyNs AS "Busy (ns)",
  100 * busyNs / wholeNs AS "Occupancy (%)",
  besideNs AS "Beside Others (ns)",
  100 * besideNs / busyNs AS "Overlap (%)"
FROM measured
JOIN streams USING (source, stream)
ORDER BY source, stream
