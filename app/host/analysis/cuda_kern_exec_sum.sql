-- The three parts of a launch: the call (A), the wait between the call's end and the kernel's begin (Q), the kernel (K), and from the
-- call's begin to the kernel's end (T). Q counts only launches with a positive wait, as in nsys.
WITH launch AS (
  SELECT api.source, api.thread, kernel.device,
    coalesce(callName.text, 'name ' || api.name) AS callText,
    coalesce(kernelName.text, 'name ' || kernel.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END AS kernelText,
    kernel.startNs + kernel.durationNs - api.startNs AS t,
    api.durationNs AS a,
    CASE WHEN kernel.startNs > api.startNs + api.durationNs THEN kernel.startNs - api.startNs - api.durationNs END AS q,
    kernel.durationNs AS k
  FROM kernel
  JOIN api ON api.source = kernel.source AND api.correlation = kernel.correlation
  LEFT JOIN name callName ON callName.source = api.source AND callName.id = api.name
  LEFT JOIN name kernelName ON kernelName.source = kernel.source AND kernelName.id = kernel.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = kernel.source AND device.device = kernel.device
  WHERE kernel.startNs >= $fromNs AND kernel.startNs < $toNs AND kernel.durationNs >= 0
), process AS (
  SELECT source, any_value(pid) AS pid FROM process WHERE source > 0 GROUP BY source
)
SELECT pid AS "PID", thread AS "TID", device AS "DevId", count(*) AS "Count", count(q) AS "QCount",
  avg(t) AS "TAvg (ns)", median(t) AS "TMed (ns)", min(t) AS "TMin (ns)", max(t) AS "TMax (ns)", coalesce(stddev_samp(t), 0) AS "TStdDev (ns)",
  avg(a) AS "AAvg (ns)", median(a) AS "AMed (ns)", min(a) AS "AMin (ns)", max(a) AS "AMax (ns)", coalesce(stddev_samp(a), 0) AS "AStdDev (ns)",
  avg(q) AS "QAvg (ns)", median(q) AS "QMed (ns)", min(q) AS "QMin (ns)", max(q) AS "QMax (ns)", stddev_samp(q) AS "QStdDev (ns)",
  avg(k) AS "KAvg (ns)", median(k) AS "KMed (ns)", min(k) AS "KMin (ns)", max(k) AS "KMax (ns)", coalesce(stddev_samp(k), 0) AS "KStdDev (ns)",
  callText AS "API Name", kernelText AS "Kernel Name"
FROM launch LEFT JOIN process USING (source)
GROUP BY pid, thread, device, callText, kernelText
ORDER BY sum(t) DESC, callText, kernelText
