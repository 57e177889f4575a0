// Everything a simulation told, and what must hold of it whatever was simulated. Each check returns what is wrong in words.

import type {
  BatchFacts,
  Decision,
  DropFacts,
  Listener,
  PipelineFacts,
  QueueFacts,
} from '../../../probe/scheduler/listener';
import type { RequestFacts } from '../../../probe/scheduler/request';
import type { SimulatedWorkload } from '../../../probe/scheduler/simulator/workload';

export class Trace implements Listener {
  readonly requests: RequestFacts[] = [];
  readonly batches: BatchFacts[] = [];
  readonly queues: QueueFacts[] = [];
  readonly decisions: Decision[] = [];
  readonly drops: DropFacts[] = [];
  readonly pipelines: PipelineFacts[] = [];

  onRequest(request: RequestFacts): void {
    this.requests.push(request);
  }
  onBatch(batch: BatchFacts): void {
    this.batches.push(batch);
  }
  onQueue(queue: QueueFacts): void {
    this.queues.push(queue);
  }
  onDecision(decision: Decision): void {
    this.decisions.push(decision);
  }
  onDrop(drop: DropFacts): void {
    this.drops.push(drop);
  }
  onPipeline(run: PipelineFacts): void {
    this.pipelines.push(run);
  }

  /** The decisions of one kind. */
  of<K extends Decision['kind']>(kind: K): Extract<Decision, { kind: K }>[] {
    return this.decisions.filter((decision): decision is Extract<Decision, { kind: K }> => decision.kind === kind);
  }
}

/** Ids are given in order, so each from 1 to the last must have come out once. */
export function checkAnsweredOnce({ requests }: Trace, openCount: number): string | undefined {
  const ids = requests.map(({ id }) => id).sort((left, right) => left - right);
  if (openCount !== 0) return `${openCount} requests are open at the end`;
  const wrong = ids.findIndex((id, index) => id !== index + 1);
  return wrong < 0 ? undefined : `request ${wrong + 1} was not answered exactly once`;
}

/** Batches hold what they say, of one version, and not more than they may. */
export function checkBatches({ requests, batches }: Trace, { models }: SimulatedWorkload): string | undefined {
  const members = new Map<number, RequestFacts[]>();
  for (const request of requests) {
    if (request.batchId === 0) continue;
    const known = members.get(request.batchId);
    if (known) known.push(request);
    else members.set(request.batchId, [request]);
  }
  if (members.size !== batches.length) return `${members.size} batches have requests, ${batches.length} were told`;
  for (const { id, model, version, requestCount } of batches) {
    const found = members.get(id) ?? [];
    const { maxBatchSize = 1 } = models.find(({ name }) => name === model)!;
    if (found.length !== requestCount) return `batch ${id} says ${requestCount} and holds ${found.length}`;
    if (requestCount < 1 || requestCount > maxBatchSize) return `batch ${id} holds ${requestCount} of ${maxBatchSize}`;
    if (found.some((request) => request.model !== model || request.version !== version)) return `batch ${id} is mixed`;
  }
  return undefined;
}

/** What was moved to another version waited in two queues; then the trace does not say who waited beside whom. */
function hasMoves(trace: Trace): boolean {
  return trace.of('version').some(({ state }) => state === 'rolled-back' || state === 'failed');
}

/** Inside a priority nobody goes while one with an earlier deadline waits, but for the turns of the aged and the delayed. */
export function checkDeadlineOrder(trace: Trace): string | undefined {
  if (hasMoves(trace)) return undefined;
  const delayedNs = new Map(trace.of('delayed').map(({ request, timeNs }) => [request, timeNs]));
  for (const gone of trace.requests) {
    if (gone.dispatchNs < 0 || gone.isAged || delayedNs.has(gone.id)) continue;
    for (const other of trace.requests) {
      if (other.model !== gone.model || other.version !== gone.version || other.priority !== gone.priority) continue;
      if (other.deadlineNs >= gone.deadlineNs || other.arrivalNs >= gone.dispatchNs) continue;
      if ((delayedNs.get(other.id) ?? Number.POSITIVE_INFINITY) <= gone.dispatchNs) continue;
      const leftNs = other.dispatchNs >= 0 ? other.dispatchNs : other.settledNs;
      if (leftNs > gone.dispatchNs) return `request ${gone.id} went before ${other.id}, whose deadline is earlier`;
    }
  }
  return undefined;
}

/** Moments in order, streams with one batch at a time, queues that are empty at the end and never too deep. */
export function checkOrder(trace: Trace, { models }: SimulatedWorkload): string | undefined {
  for (const { id, arrivalNs, dispatchNs, completionNs } of trace.requests) {
    if (completionNs < arrivalNs) return `request ${id} was answered before it came`;
    if (dispatchNs >= 0 && (dispatchNs < arrivalNs || completionNs < dispatchNs))
      return `request ${id} is out of order`;
  }
  const depths = new Map<string, number>();
  for (const { model, version, priority, depth } of trace.queues) {
    depths.set(`${model} ${version} ${priority}`, depth);
    const most = models.find(({ name }) => name === model)!.dynamicBatching?.defaultQueuePolicy?.maxQueueSize ?? 0;
    if (most > 0 && depth > most && !hasMoves(trace)) return `${model} has ${depth} waiting, ${most} are the most`;
  }
  for (const [queue, depth] of depths) if (depth !== 0) return `the queue ${queue} ends with ${depth}`;
  const endNs = new Map<number, number>();
  for (const { id, stream, startNs, durationNs } of [...trace.batches].sort(
    (left, right) => left.startNs - right.startNs,
  )) {
    if (startNs < (endNs.get(stream) ?? 0)) return `batch ${id} began on stream ${stream} while another ran there`;
    endNs.set(stream, durationNs < 0 ? startNs : startNs + durationNs);
  }
  return undefined;
}

/** How long a stream was free between two moments, from when each batch was dispatched and answered. */
function freeNs(
  busy: readonly (readonly [number, number])[],
  streamCount: number,
  fromNs: number,
  toNs: number,
): number {
  const moments = [...new Set([fromNs, toNs, ...busy.flat()])].filter((at) => at >= fromNs && at <= toNs);
  moments.sort((left, right) => left - right);
  let sumNs = 0;
  for (let index = 1; index < moments.length; index++) {
    const [beginNs, endNs] = [moments[index - 1], moments[index]];
    const busyCount = busy.filter(([from, to]) => from <= beginNs && to >= endNs).length;
    if (busyCount < streamCount) sumNs += endNs - beginNs;
  }
  return sumNs;
}

/**
 * The wait for a batch to fill is what of a request's wait a stream was free, and nothing else; a policy that may leave a stream free
 * for other reasons is held to "at most". Streams must take every level.
 */
export function checkBatchWait(trace: Trace, streamCount: number, isExact: boolean): string | undefined {
  if (hasMoves(trace) || trace.of('engine').length > 0) return undefined;
  const dispatchNs = new Map(trace.requests.map((request) => [request.batchId, request.dispatchNs]));
  const busy = trace.batches.map(({ id, startNs, durationNs }) => {
    return [dispatchNs.get(id)!, startNs + durationNs] as const;
  });
  for (const { id, arrivalNs, dispatchNs: goneNs, batchWaitNs } of trace.requests) {
    if (goneNs < 0) continue;
    const wantedNs = freeNs(busy, streamCount, arrivalNs, goneNs);
    const isRight = isExact ? batchWaitNs === wantedNs : batchWaitNs >= 0 && batchWaitNs <= wantedNs;
    if (!isRight) return `request ${id} waited ${batchWaitNs} ns for company while a stream was free for ${wantedNs}`;
  }
  return undefined;
}

/** What a model that preserves ordering answers, it answers in the order in which it was asked; refusals at the door come at once. */
export function checkAnswerOrder({ requests }: Trace, { models }: SimulatedWorkload): string | undefined {
  for (const { name, dynamicBatching } of models) {
    if (!dynamicBatching?.preserveOrdering) continue;
    const isRefused = ({ reason }: RequestFacts) =>
      reason === 'queue-full' || reason === 'admission' || reason === 'no-version';
    const answered = requests.filter((request) => request.model === name && !isRefused(request));
    const early = answered.find(({ id }, index) => index > 0 && id < answered[index - 1].id);
    if (early) return `request ${early.id} of ${name} was answered after one that came later`;
  }
  return undefined;
}

/** Without limits, timeouts, faults and refusals everything is completed, however versions change. */
export function checkNothingRefused({ requests }: Trace, workload: SimulatedWorkload): string | undefined {
  const isHarmless = workload.models.every(({ admission, dynamicBatching, cost }) => {
    const policy = dynamicBatching?.defaultQueuePolicy;
    const isUnlimited =
      policy?.maxQueueSize === 0 && (policy.defaultTimeoutMicroseconds === 0 || policy.timeoutAction === 'DELAY');
    // A batch that happens to take very long is ended like one that hangs, and rightly.
    return admission === 'off' && isUnlimited && !cost.failRatio && cost.noiseRatio < 0.5;
  });
  if (!isHarmless || workload.events?.some(({ kind }) => kind === 'hang' || kind === 'temperature')) return undefined;
  const refused = requests.find(({ outcome }) => outcome !== 'completed' && outcome !== 'reused');
  return refused && `request ${refused.id} was ${refused.outcome}: ${refused.reason}`;
}
