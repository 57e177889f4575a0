-- What joins a batch with the work that it put onto the device. External correlation is exact: a call that was made while a batch was marked has a
-- row in `external`, and its kernels and copies have the call's correlation, which is unique within the source that wrote them.

-- Calls by batch. A runner tells of its batches through a connection of its own, and the collector in the same process tells of its calls through
-- another: `source` is the batch's, `callSource` the calls', kernels' and copies'. Each call has one row in `external`, so nothing is made distinct:
-- that lets a question about few batches begin with those.
CREATE OR REPLACE VIEW batch_call AS
WITH runner AS (
  SELECT DISTINCT source FROM batch
), processOf AS (
  SELECT source, max(pid) AS pid FROM process WHERE source > 0 GROUP BY source
), pair AS (
  SELECT source, source AS callSource FROM runner
  UNION
  SELECT runner.source, other.source
  FROM runner JOIN processOf AS own ON own.source = runner.source JOIN processOf AS other ON other.pid = own.pid
)
SELECT pair.source, external.external AS batch, external.source AS callSource, external.correlation, external.timeNs
FROM external JOIN pair ON pair.callSource = external.source
WHERE external.correlation <> 0;

-- Kernels by batch, copies and fills by batch, and all of them. `nameId` is of kernels, `direction` of copies.
CREATE OR REPLACE VIEW batch_kernel AS
SELECT call.source, call.batch, call.callSource, 'kernel' AS kind, work.startNs, work.durationNs, work.device, work.context, work.stream,
  work.correlation, work.graphNode, work.name AS nameId, 0 AS direction, 0 AS bytes
FROM batch_call AS call JOIN kernel AS work ON work.source = call.callSource AND work.correlation = call.correlation;

CREATE OR REPLACE VIEW batch_copy AS
SELECT call.source, call.batch, call.callSource, 'memcpy' AS kind, work.startNs, work.durationNs, work.device, work.context, work.stream,
  work.correlation, work.graphNode, 0 AS nameId, work.direction, work.bytes
FROM batch_call AS call JOIN memcpy AS work ON work.source = call.callSource AND work.correlation = call.correlation
UNION ALL
SELECT call.source, call.batch, call.callSource, 'memset', work.startNs, work.durationNs, work.device, work.context, work.stream,
  work.correlation, work.graphNode, 0, 0, work.bytes
FROM batch_call AS call JOIN memset AS work ON work.source = call.callSource AND work.correlation = call.correlation;

CREATE OR REPLACE VIEW batch_work AS
SELECT * FROM batch_kernel UNION ALL SELECT * FROM batch_copy;

-- The same by request: requests of one batch share its work.
CREATE OR REPLACE VIEW request_work AS
SELECT request.request, work.*
FROM request JOIN batch_work AS work ON work.source = request.source AND work.batch = request.batch;

-- What each batch was for the device: `deviceNs` is the sum of its kernels, `spanNs` from the first one's begin to the last one's end, `busyNs` that
-- part of it in which at least one of them ran.
CREATE OR REPLACE VIEW batch_device AS
WITH ran AS (
  SELECT source, batch, startNs, startNs + greatest(durationNs, 0) AS endNs, greatest(durationNs, 0) AS durationNs
  FROM batch_kernel
), covered AS (
  SELECT *, max(endNs) OVER (
    PARTITION BY source, batch ORDER BY startNs, endNs ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS coveredNs
  FROM ran
)
SELECT source, batch, count(*) AS kernelCount, sum(durationNs) AS deviceNs, max(endNs) - min(startNs) AS spanNs,
  sum(greatest(0, endNs - greatest(startNs, coalesce(coveredNs, startNs)))) AS busyNs
FROM covered
GROUP BY source, batch;

-- Why requests were late: what the scheduler said, and of those whose engine was slow what their own calls and the board's sensors say.
-- * allocation-in-hot-path: a call of the batch allocated; where its calls are not known, something allocated while it ran.
-- * throttled: from the reading before the batch to the one after it an over-current event was counted, the GPU's clock limit was below its
--   highest, or the junction was at 95 °C, where a Jetson's software begins to throttle.
-- * slow-host: at least three batches like it are known, and its kernels explain less than half of what it took too long.
CREATE OR REPLACE VIEW late_cause AS
WITH late AS (
  SELECT source, request, max(because) AS because, max(other) AS other FROM decision WHERE kind = 'late' GROUP BY source, request
), slow AS MATERIALIZED (
  SELECT DISTINCT batch.*
  FROM late
  JOIN request ON request.source = late.source AND request.request = late.request AND request.batch <> 0
  JOIN batch ON batch.source = request.source AND batch.batch = request.batch
  WHERE late.because IN ('slow-kernel', 'throttled')
), linked AS MATERIALIZED (
  SELECT source, batch, callSource, correlation FROM batch_call SEMI JOIN slow USING (source, batch)
), allocating AS (
  SELECT DISTINCT linked.source, linked.batch
  FROM linked JOIN memory ON memory.source = linked.callSource AND memory.correlation = linked.correlation AND memory.operation = 1
  UNION
  -- The first allocation from the batch's begin on tells: all pairs of batches and allocations would take minutes in a long session.
  SELECT lone.source, lone.batch
  FROM (SELECT slow.* FROM slow ANTI JOIN linked USING (source, batch)) AS lone
  ASOF JOIN (SELECT timeNs FROM memory WHERE operation = 1) AS allocated ON lone.startNs <= allocated.timeNs
  WHERE allocated.timeNs < lone.startNs + lone.durationNs
), reading AS (
  SELECT health.source, string.text AS metric, health.timeNs, health.value,
    coalesce(lag(health.timeNs) OVER same, health.timeNs) AS beforeNs, coalesce(lag(health.value) OVER same, health.value) AS beforeValue,
    max(health.value) OVER (PARTITION BY health.source, health.metric) AS highest
  FROM health JOIN string ON string.source = health.source AND string.id = health.metric
  WHERE string.text = 'gpu_frequency_max_hz' OR string.text = 'thermal_tj_celsius' OR string.text LIKE 'over_current_oc%_event_count'
  WINDOW same AS (PARTITION BY health.source, health.metric ORDER BY health.timeNs)
), throttled AS (
  SELECT DISTINCT slow.source, slow.batch
  FROM slow JOIN reading ON reading.timeNs >= slow.startNs AND reading.beforeNs <= slow.startNs + slow.durationNs
  WHERE CASE
    WHEN reading.metric = 'gpu_frequency_max_hz' THEN reading.value < reading.highest
    WHEN reading.metric = 'thermal_tj_celsius' THEN reading.value >= 95
    ELSE reading.value > reading.beforeValue
  END
), device AS MATERIALIZED (
  SELECT source, batch, sum(greatest(durationNs, 0)) AS deviceNs FROM batch_kernel GROUP BY source, batch
), usual AS (
  SELECT batch.source, batch.model, batch.version, batch.requestCount, median(deviceNs) AS deviceNs, count(*) AS batchCount
  FROM batch JOIN device ON device.source = batch.source AND device.batch = batch.batch
  GROUP BY batch.source, batch.model, batch.version, batch.requestCount
), hosted AS (
  SELECT slow.source, slow.batch
  FROM slow
  JOIN device ON device.source = slow.source AND device.batch = slow.batch
  JOIN usual ON usual.source = slow.source AND usual.model = slow.model AND usual.version = slow.version AND usual.requestCount = slow.requestCount
  WHERE usual.batchCount > 3 AND slow.predictedNs > 0 AND slow.durationNs > slow.predictedNs
    AND device.deviceNs - usual.deviceNs < 0.5 * (slow.durationNs - slow.predictedNs)
)
SELECT late.source, late.request, late.other,
  CASE
    WHEN late.because NOT IN ('slow-kernel', 'throttled') THEN late.because
    WHEN allocating.batch IS NOT NULL THEN 'allocation-in-hot-path'
    WHEN throttled.batch IS NOT NULL OR late.because = 'throttled' THEN 'throttled'
    WHEN hosted.batch IS NOT NULL THEN 'slow-host'
    ELSE late.because
  END AS cause
FROM late
LEFT JOIN request ON request.source = late.source AND request.request = late.request
LEFT JOIN allocating ON allocating.source = request.source AND allocating.batch = request.batch
LEFT JOIN throttled ON throttled.source = request.source AND throttled.batch = request.batch
LEFT JOIN hosted ON hosted.source = request.source AND hosted.batch = request.batch;
