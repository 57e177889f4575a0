-- Everything that was lost or that the user should know, in order of time.
SELECT timeNs AS "Time (ns)", kind AS "Kind", stage AS "Stage", count::BIGINT AS "Records", bytes::BIGINT AS "Bytes", text AS "What"
FROM (
  SELECT startNs AS timeNs, 'loss' AS kind, stage, count, bytes, reason AS text FROM loss
  UNION ALL
  SELECT timeNs, 'gap', CASE lane WHEN 1 THEN 'vital' ELSE 'bulk' END, rowCount, 0,
    'table ' || "table" || ', packets ' || firstSequence::BIGINT || ' to ' || lastSequence::BIGINT || CASE WHEN isExact = 1 THEN '' ELSE ', at most' END
  FROM gap
  UNION ALL
  SELECT timeNs, CASE severity WHEN 1 THEN 'info' WHEN 2 THEN 'warning' ELSE 'error' END, code, 0, 0, trim(sentence || ' ' || remedy) FROM diagnostic
)
WHERE timeNs >= $fromNs AND timeNs < $toNs
ORDER BY timeNs
