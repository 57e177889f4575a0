// What the parts of a scheduler share: lanes, streams, learned costs, and the two doors through which every request goes exactly once,
// `enqueue` in and `answer` out.

import { NS_PER_US } from '../../shared/units/units';
import { assert } from '../../shared/util/result';
import { AnswerLine } from './answer-line';
import type { Batch } from './batch';
import type { Clock } from './clock';
import { queuePolicyOf } from './configuration';
import type { Executor } from './executor';
import type { Lane } from './lane';
import type { Listener } from './listener';
import type { CostModel } from './placement/cost-model';
import type { StreamPool } from './placement/streams';
import type { Policy } from './policies/policy';
import { isMissed, type Outcome, type Reason, type Request } from './request';

export interface CoreParts {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly listener: Listener;
  readonly costs: CostModel;
  readonly streams: StreamPool;
  readonly policy: Policy;
}

export class Core {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly listener: Listener;
  readonly costs: CostModel;
  readonly streams: StreamPool;
  policy: Policy;
  readonly lanes: Lane[] = [];
  private readonly lines = new Map<string, AnswerLine>();
  isThrottled = false;
  /** Requests that were taken and not answered yet. */
  openCount = 0;
  /** Called after each answer, before the asker's own `done`. Set by the scheduler. */
  onAnswered: (request: Request, lane: Lane | undefined) => void = () => {};
  /** Called with a request that ran and was answered after its deadline. Set by the scheduler. */
  onLate: (request: Request, batch: Batch) => void = () => {};
  /** Called when a lane's depth changed. Set by the scheduler. */
  onDepth: (lane: Lane) => void = () => {};

  constructor(parts: CoreParts) {
    this.clock = parts.clock;
    this.executor = parts.executor;
    this.listener = parts.listener;
    this.costs = parts.costs;
    this.streams = parts.streams;
    this.policy = parts.policy;
  }

  /** Puts a request into a lane's queue; its timeout begins. */
  enqueue(lane: Lane, request: Request): void {
    request.version = lane.version;
    request.timeoutAtNs = this.timeoutAtNs(lane, request);
    request.heldBeforeNs = lane.heldUntilNs(request.arrivalNs);
    this.join(lane, request);
    this.order(lane, request);
    this.tellDepth(lane, request.priority);
  }

  /** Puts a request where the present policy wants it. Its timeout goes on. */
  order(lane: Lane, request: Request): void {
    request.orderKey = this.policy.keyOf(request);
    lane.queue.push(request, this.policy.levelOf(request));
  }

  /** Takes a place in the order of a model's answers, where its configuration wants one. */
  join(lane: Lane, request: Request): void {
    if (lane.model.dynamicBatching.preserveOrdering) this.lineOf(request.model).join(request);
  }

  /** Answers a request, once and for all: now, or when all earlier ones of its model are answered. `batch` is what it ran in. */
  answer(request: Request, lane: Lane | undefined, outcome: Outcome, reason?: Reason, batch?: Batch): void {
    assert(request.settledNs < 0, `request ${request.id} is answered once`);
    request.settledNs = this.clock.nowNs();
    const line = this.lines.get(request.model);
    if (line?.has(request)) line.settle(request, () => this.give(request, lane, outcome, reason, batch));
    else this.give(request, lane, outcome, reason, batch);
  }

  private lineOf(model: string): AnswerLine {
    const known = this.lines.get(model);
    if (known) return known;
    const line = new AnswerLine();
    this.lines.set(model, line);
    return line;
  }

  private give(request: Request, lane: Lane | undefined, outcome: Outcome, reason?: Reason, batch?: Batch): void {
    request.completionNs = this.clock.nowNs();
    request.outcome = outcome;
    request.reason = reason;
    this.openCount--;
    lane?.statistics.record(outcome, request.completionNs - request.arrivalNs, isMissed(request));
    if (outcome === 'rejected') this.tellRejected(request);
    this.listener.onRequest(request);
    this.onAnswered(request, lane);
    request.spec.done?.(request);
    if (batch && request.completionNs > request.deadlineNs) this.onLate(request, batch);
  }

  tellDepth(lane: Lane, priority: number): void {
    this.listener.onQueue({
      timeNs: this.clock.nowNs(),
      model: lane.model.name,
      version: lane.version,
      priority,
      depth: lane.queue.depthAt(priority),
    });
    this.onDepth(lane);
  }

  private tellRejected({ id, reason, completionNs }: Request): void {
    this.listener.onDecision({ kind: 'rejected', timeNs: completionNs, request: id, reason: reason! });
  }

  // Triton (PolicyQueue::Enqueue): the request's own timeout counts only when it is shorter than the default, so a level without a
  // default timeout has none at all.
  private timeoutAtNs({ model }: Lane, { priority, spec }: Request): number {
    const policy = queuePolicyOf(model, priority);
    let timeoutMicroseconds = policy.defaultTimeoutMicroseconds;
    const own = spec.timeoutMicroseconds ?? 0;
    if (policy.allowTimeoutOverride && own !== 0 && own < timeoutMicroseconds) timeoutMicroseconds = own;
    return timeoutMicroseconds === 0 ? Number.POSITIVE_INFINITY : this.clock.nowNs() + timeoutMicroseconds * NS_PER_US;
  }
}
