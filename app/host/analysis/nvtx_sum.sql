-- Ranges by name; domain:message as in nsys. Time (%) is a share of the listed rows. Marks have no length and are not listed.
WITH named AS (
  SELECT durationNs AS ns, CASE kind WHEN 1 THEN 'PushPop' ELSE 'StartEnd' END AS style,
    coalesce(domainName.text, '') || ':' || coalesce(name.text, CASE WHEN range.name = 0 THEN '' ELSE 'name ' || range.name END) AS text
  FROM range
  LEFT JOIN name ON name.source = range.source AND name.id = range.name
  LEFT JOIN name domainName ON domainName.source = range.source AND domainName.id = range.domain
  WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0 AND kind <> 3
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
  style AS "Style",
  text AS "Range"
FROM named
GROUP BY style, text
ORDER BY sum(ns) DESC, text
