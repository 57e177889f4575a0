-- What the batches of each model, version and size put onto the device, by external correlation, of batches that began in the range. Idle is the time
-- between the kernels of a batch in which none of them ran. Batches of an engine that makes no CUDA calls have no kernels.
WITH ran AS (
  SELECT * FROM batch WHERE startNs >= $fromNs AND startNs < $toNs AND durationNs >= 0
), devices AS (
  SELECT ran.*, device.kernelCount, device.deviceNs, device.spanNs, device.busyNs
  FROM ran LEFT JOIN batch_device AS device ON device.source = ran.source AND device.batch = ran.batch
), copies AS (
  SELECT ran.model, ran.version, ran.requestCount, count(*) AS copyCount, sum(greatest(work.durationNs, 0)) AS copyNs
  FROM ran JOIN batch_copy AS work ON work.source = ran.source AND work.batch = ran.batch
  GROUP BY ran.model, ran.version, ran.requestCount
), kernels AS (
  SELECT ran.model, ran.version, ran.requestCount, coalesce(name.base, '') AS kernel, sum(greatest(work.durationNs, 0)) AS kernelNs
  FROM ran
  JOIN batch_kernel AS work ON work.source = ran.source AND work.batch = ran.batch
  LEFT JOIN name ON name.source = work.callSource AND name.id = work.nameId
  GROUP BY ran.model, ran.version, ran.requestCount, coalesce(name.base, '')
), dearest AS (
  SELECT model, version, requestCount, arg_max(kernel, kernelNs) AS kernel, max(kernelNs) AS kernelNs, sum(kernelNs) AS allNs
  FROM kernels GROUP BY model, version, requestCount
)
SELECT
  devices.model AS "Model",
  devices.version AS "Version",
  devices.requestCount::INTEGER AS "Size",
  count(*) AS "Batches",
  count(kernelCount) AS "With Kernels",
  avg(kernelCount) AS "Kernels of One",
  any_value(copyCount) / count(kernelCount) AS "Copies of One",
  avg(durationNs) AS "Batch Avg (ns)",
  avg(deviceNs) AS "Device Avg (ns)",
  median(deviceNs) AS "Device Med (ns)",
  any_value(copyNs) / count(kernelCount) AS "Copies Avg (ns)",
  avg(spanNs - busyNs) AS "Idle Avg (ns)",
  100 * sum(spanNs - busyNs) / nullif(sum(spanNs), 0) AS "Idle (%)",
  any_value(dearest.kernel) AS "Dearest Kernel",
  100 * any_value(dearest.kernelNs) / nullif(any_value(dearest.allNs), 0) AS "Its Share (%)"
FROM devices
LEFT JOIN copies USING (model, version, requestCount)
LEFT JOIN dearest USING (model, version, requestCount)
GROUP BY devices.model, devices.version, devices.requestCount
ORDER BY devices.model, devices.version, devices.requestCount
