// The loop that gives batches to streams. It runs after everything that may have changed what can go: a request came, a batch ended,
// a delay is over, an engine is up.

import { Batch, type BatchPlan, type Stream } from './batch';
import type { Timer } from './clock';
import { queuePolicyOf } from './configuration';
import type { Core } from './core';
import type { BatchAnswer, EngineRef } from './executor';
import type { Lane } from './lane';
import type { View } from './policies/policy';
import { holdEndNs, nextBatchSize } from './queue/batching';
import type { Request } from './request';

export interface AgingOptions {
  /** A request that waited this long is aged. */
  readonly agingNs: number;
  /** While there are aged requests, every so many dispatches one takes the oldest of all lanes; the others go by policy. */
  readonly agedEvery: number;
}

const NO_NEIGHBOURS: readonly EngineRef[] = [];

export class Dispatcher implements View {
  nowNs = 0;
  readonly lanes: readonly Lane[];
  readonly costs: Core['costs'];
  readonly streams: Core['streams'];
  /** Called with each batch once it was given to the executor. */
  onDispatched: (batch: Batch) => void = () => {};
  /** Called with each answer of the executor. */
  onAnswer: (batch: Batch, answer: BatchAnswer) => void = () => {};
  private readonly wakeUp: Timer;
  private readonly ready: Lane[] = [];
  private isPumping = false;
  private isAgain = false;
  private batchCount = 0;
  private sinceAgedCount = 0;

  constructor(
    private readonly core: Core,
    private readonly aging: AgingOptions,
  ) {
    this.lanes = core.lanes;
    this.costs = core.costs;
    this.streams = core.streams;
    this.wakeUp = core.clock.timer(() => this.pump());
  }

  close(): void {
    this.wakeUp.disarm();
  }

  /** Gives out batches until nothing more can go. What it causes may call it again: then it goes round once more. */
  pump(): void {
    this.isAgain = true;
    if (this.isPumping) return;
    this.isPumping = true;
    try {
      while (this.isAgain) {
        this.isAgain = false;
        this.nowNs = this.core.clock.nowNs();
        this.expire();
        // What a dispatch causes may bring requests that came after this moment: they are looked at in the next round.
        while (!this.isAgain && this.dispatchNext()) {}
      }
    } finally {
      this.isPumping = false;
    }
  }

  /** Requests whose timeout has come are rejected or delayed, as their level's policy says. */
  private expire(): void {
    for (const lane of this.lanes) {
      for (let late = lane.queue.timedOut(this.nowNs); late; late = lane.queue.timedOut(this.nowNs)) {
        this.expireOne(lane, late);
      }
    }
  }

  private expireOne(lane: Lane, request: Request): void {
    if (queuePolicyOf(lane.model, request.priority).timeoutAction === 'DELAY') {
      lane.queue.delay(request);
      this.core.listener.onDecision({ kind: 'delayed', timeNs: this.nowNs, request: request.id });
      return;
    }
    lane.queue.remove(request);
    request.batchWaitNs = lane.heldUntilNs(this.nowNs) - request.heldBeforeNs;
    this.core.tellDepth(lane, request.priority);
    this.core.answer(request, lane, 'rejected', 'timeout');
  }

  private dispatchNext(): boolean {
    const wakeNs = this.collectReady();
    const aged = this.findAged();
    const lane = aged ?? (this.ready.length > 0 ? this.core.policy.choose(this.ready, this) : undefined);
    const stream = lane && this.streams.findFree(this.levelOf(lane, aged !== undefined));
    if (!lane || !stream) {
      this.wakeUp.armAt(wakeNs);
      return false;
    }
    this.sinceAgedCount = aged ? 0 : this.sinceAgedCount + 1;
    this.dispatch(lane, stream, aged !== undefined);
    return true;
  }

  /** Fills `ready`; returns when to look again if nothing else happens. */
  private collectReady(): number {
    const { ready, nowNs } = this;
    ready.length = 0;
    let wakeNs = Number.POSITIVE_INFINITY;
    for (const lane of this.lanes) {
      if (lane.queue.depth > 0) wakeNs = Math.min(wakeNs, lane.queue.nextTimeoutNs);
      // Streams are kept for levels only under a policy that knows levels.
      const canGo = lane.queue.depth > 0 && lane.isUp && this.streams.findFree(lane.queue.headLevel) !== undefined;
      const holdNs = canGo ? holdEndNs(lane, this.costs) : Number.NEGATIVE_INFINITY;
      lane.setHeld(holdNs > nowNs, nowNs);
      if (holdNs > nowNs) wakeNs = Math.min(wakeNs, holdNs);
      else if (canGo) ready.push(lane);
    }
    return wakeNs;
  }

  /** The lane of the oldest aged request, when it is the aged ones' turn. */
  private findAged(): Lane | undefined {
    if (this.sinceAgedCount + 1 < this.aging.agedEvery) return undefined;
    let oldest: Request | undefined;
    let found: Lane | undefined;
    for (const lane of this.lanes) {
      const candidate = lane.queue.oldest;
      if (!candidate || !lane.isUp || this.nowNs - candidate.arrivalNs < this.aging.agingNs) continue;
      if (oldest && candidate.id > oldest.id) continue;
      if (!this.streams.findFree(this.core.policy.levelOf(candidate))) continue;
      oldest = candidate;
      found = lane;
    }
    return found;
  }

  private dispatch(lane: Lane, stream: Stream, isAged: boolean): void {
    const { core, nowNs } = this;
    const wanted = nextBatchSize(lane);
    // An aged turn takes a whole batch: it is rare enough.
    const requestCount = isAged ? wanted : core.policy.limitBatch(lane, wanted, this);
    const requests = takeRequests(lane, requestCount, isAged);
    const neighbours = this.neighboursOf();
    const predictedNs = this.costs.predictNs(lane.engine, requestCount, neighbours);
    let deadlineNs = Number.POSITIVE_INFINITY;
    let level = Number.POSITIVE_INFINITY;
    const batchId = ++this.batchCount;
    for (const request of requests) {
      deadlineNs = Math.min(deadlineNs, request.deadlineNs);
      level = Math.min(level, request.priority);
      request.dispatchNs = nowNs;
      request.batchId = batchId;
      request.tier = lane.engine.tier;
      request.batchWaitNs = lane.heldUntilNs(nowNs) - request.heldBeforeNs;
    }
    const plan: BatchPlan = {
      id: batchId,
      lane,
      engine: lane.engine,
      stream,
      requests,
      neighbours,
      dispatchNs: nowNs,
      predictedNs,
      level,
      deadlineNs,
    };
    this.launch(new Batch(plan));
  }

  private launch(batch: Batch): void {
    const { core } = this;
    const { id, lane, engine, stream, requests } = batch.plan;
    this.streams.take(stream, batch);
    lane.inFlightCount += requests.length;
    core.policy.dispatched(batch);
    // One row for each priority that changed: requests of a batch come sorted by it, but for an aged one in front.
    let told = -1;
    for (const { priority } of requests) {
      if (priority !== told) core.tellDepth(lane, priority);
      told = priority;
    }
    this.onDispatched(batch);
    const order = { id, engine, stream: stream.index, cudaPriority: stream.cudaPriority, requests };
    core.executor.execute(order, (answer) => this.onAnswer(batch, answer));
  }

  private levelOf({ queue }: Lane, isAged: boolean): number {
    return isAged ? this.core.policy.levelOf(queue.oldest!) : queue.headLevel;
  }

  private neighboursOf(): readonly EngineRef[] {
    const { streams } = this.streams;
    if (this.streams.freeCount === streams.length) return NO_NEIGHBOURS;
    const neighbours: EngineRef[] = [];
    for (const { batch } of streams) if (batch) neighbours.push(batch.plan.engine);
    return neighbours;
  }
}

/** In the order of the policy; the aged turn puts the oldest in front. */
function takeRequests({ queue }: Lane, requestCount: number, isAged: boolean): Request[] {
  const requests: Request[] = [];
  if (isAged) {
    const { oldest } = queue;
    oldest!.isAged = true;
    queue.remove(oldest!);
    requests.push(oldest!);
  }
  while (requests.length < requestCount) requests.push(queue.pop()!);
  return requests;
}
