-- Everything that ran on a device, in order of time. MB is 10^6 bytes, as in nsys. A kernel of the CPU device has [CPU] behind its name.
WITH kind AS (
  SELECT * FROM (VALUES (1, 'Pageable'), (2, 'Pinned'), (3, 'Device'), (4, 'Array'), (5, 'Managed'), (6, 'Device Static'), (7, 'Managed Static')) AS t(id, word)
), work AS (
  SELECT startNs, durationNs, correlation, gridX, gridY, gridZ, blockX, blockY, blockZ, registers, staticSharedBytes, dynamicSharedBytes,
    NULL::DOUBLE AS bytes, NULL AS fromKind, NULL AS toKind, kernel.device, context, stream,
    coalesce(name.text, 'name ' || kernel.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END AS text
  FROM kernel
  LEFT JOIN name ON name.source = kernel.source AND name.id = kernel.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = kernel.source AND device.device = kernel.device
  UNION ALL
  SELECT startNs, durationNs, correlation, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    bytes, s.word, t.word, device, context, stream, '[CUDA memcpy ' || CASE direction
      WHEN 1 THEN 'Host-to-Device' WHEN 2 THEN 'Device-to-Host' WHEN 8 THEN 'Device-to-Device' WHEN 9 THEN 'Host-to-Host'
      WHEN 10 THEN 'Peer-to-Peer' ELSE 'Array' END || ']'
  FROM memcpy LEFT JOIN kind s ON s.id = sourceKind LEFT JOIN kind t ON t.id = targetKind
  UNION ALL
  SELECT startNs, durationNs, correlation, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    bytes, NULL, kind.word, device, context, stream, '[CUDA memset]'
  FROM memset LEFT JOIN kind ON kind.id = memset.kind
)
SELECT startNs AS "Start (ns)", durationNs AS "Duration (ns)", correlation AS "CorrId",
  gridX AS "GrdX", gridY AS "GrdY", gridZ AS "GrdZ", blockX AS "BlkX", blockY AS "BlkY", blockZ AS "BlkZ", registers AS "Reg/Trd",
  staticSharedBytes / 1e6 AS "StcSMem (MB)", dynamicSharedBytes / 1e6 AS "DymSMem (MB)", bytes / 1e6 AS "Bytes (MB)",
  CASE WHEN durationNs > 0 THEN bytes * 1e3 / durationNs END AS "Throughput (MB/s)", fromKind AS "SrcMemKd", toKind AS "DstMemKd",
  device AS "Device", context AS "Ctx", NULL AS "GreenCtx", stream AS "Strm", text AS "Name"
FROM work
WHERE startNs >= $fromNs AND startNs < $toNs
ORDER BY startNs, stream
