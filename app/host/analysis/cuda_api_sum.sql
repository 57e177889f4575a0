-- Calls into CUDA by function. Time (%) is a share of the listed rows. Names are looked up once for each different function, and rows are
-- grouped by numbers, which is faster than by texts.
WITH kinds AS (
  SELECT DISTINCT source, name FROM api WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
), ranked AS (
  SELECT kinds.source, kinds.name, coalesce(name.text, 'name ' || kinds.name) AS text,
    dense_rank() OVER (ORDER BY coalesce(name.text, 'name ' || kinds.name)) AS rank
  FROM kinds
  LEFT JOIN name ON name.source = kinds.source AND name.id = kinds.name
), summed AS (
  SELECT rank, sum(durationNs) AS total, count(*) AS calls, avg(durationNs) AS mean, median(durationNs) AS middle,
    min(durationNs) AS least, max(durationNs) AS most, coalesce(stddev_samp(durationNs), 0) AS deviation
  FROM api JOIN ranked USING (source, name)
  WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
  GROUP BY rank
)
SELECT
  100 * total / sum(total) OVER () AS "Time (%)",
  total AS "Total Time (ns)",
  calls AS "Num Calls",
  mean AS "Avg (ns)",
  middle AS "Med (ns)",
  least AS "Min (ns)",
  most AS "Max (ns)",
  deviation AS "StdDev (ns)",
  text AS "Name"
FROM summed JOIN (SELECT DISTINCT rank, text FROM ranked) USING (rank)
ORDER BY total DESC, text
