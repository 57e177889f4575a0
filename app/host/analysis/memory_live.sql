-- Allocations of the range that nothing freed until its end: the last operation on the address is the allocation. The age counts to the
-- last moment seen in the range.
WITH operations AS (
  SELECT * FROM memory WHERE timeNs >= $fromNs AND timeNs < $toNs
), last AS (
  SELECT source, address, device, kind, isPool, arg_max(operation, timeNs) AS operation, arg_max(bytes, timeNs) AS bytes, max(timeNs) AS timeNs,
    arg_max(library, timeNs) AS library, arg_max(correlation, timeNs) AS correlation
  FROM operations
  GROUP BY source, address, device, kind, isPool
)
SELECT
  last.bytes AS "Bytes",
  (SELECT max(timeNs) FROM operations) - last.timeNs AS "Age (ns)",
  last.timeNs AS "Allocated at (ns)",
  format('0x{:x}', last.address::UBIGINT) AS "Address",
  CASE WHEN isPool = 1 THEN 'Pool' ELSE CASE last.kind WHEN 1 THEN 'Pageable' WHEN 2 THEN 'Pinned' WHEN 3 THEN 'Device' WHEN 5 THEN 'Managed' ELSE 'Other' END END AS "Kind",
  device AS "Device",
  coalesce(callName.text, '') AS "API Name",
  coalesce(source.text, '') AS "Source"
FROM last
LEFT JOIN name source ON source.source = last.source AND source.id = last.library
LEFT JOIN api ON api.source = last.source AND api.correlation = last.correlation AND last.correlation > 0
LEFT JOIN name callName ON callName.source = api.source AND callName.id = api.name
WHERE operation = 1
ORDER BY last.bytes DESC, last.timeNs
