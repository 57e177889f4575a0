// The waiting requests of one lane (a version of a model), in three orders at once:
//
//   ranks      level 1 | level 1, delayed | level 2 | level 2, delayed | …    each a heap by the policy's key: who goes next
//   age        oldest ↔ … ↔ youngest                                          a list: batch delay and aging look at its end
//   timeouts   a heap by the moment at which a request times out
//
// Every change is O(log n) or better, whatever the depth.

import { assert } from '../../../shared/util/result';
import { PRIORITY_LEVELS_MAX } from '../configuration';
import { Heap, NOT_IN_HEAP } from '../heap';
import type { Request } from '../request';

const RANK_COUNT = 2 * (PRIORITY_LEVELS_MAX + 1);

const isNext = (left: Request, right: Request) =>
  left.orderKey < right.orderKey || (left.orderKey === right.orderKey && left.id < right.id);
const isSooner = (left: Request, right: Request) =>
  left.timeoutAtNs < right.timeoutAtNs || (left.timeoutAtNs === right.timeoutAtNs && left.id < right.id);
const placeInOrder = (request: Request, index: number) => {
  request.orderIndex = index;
};
const placeInTimeouts = (request: Request, index: number) => {
  request.timeoutIndex = index;
};

export class LaneQueue {
  private readonly ranks: (Heap<Request> | undefined)[] = new Array(RANK_COUNT).fill(undefined);
  /** Bit r is set while rank r holds a request. */
  private rankMask = 0;
  private readonly timeouts = new Heap<Request>(isSooner, placeInTimeouts);
  private readonly depthByPriority = new Int32Array(PRIORITY_LEVELS_MAX + 1);
  oldest: Request | undefined;
  private youngest: Request | undefined;
  depth = 0;

  depthAt(priority: number): number {
    return this.depthByPriority[priority];
  }

  /** When the first request times out; Infinity when none will. */
  get nextTimeoutNs(): number {
    return this.timeouts.peek()?.timeoutAtNs ?? Number.POSITIVE_INFINITY;
  }

  /** Puts a request in at `level`, ordered by its orderKey. Arrivals must not go back in time. */
  push(request: Request, level: number): void {
    request.rank = 2 * level + (request.isDelayed ? 1 : 0);
    this.enterRank(request);
    request.older = this.youngest;
    request.younger = undefined;
    if (this.youngest) this.youngest.younger = request;
    else this.oldest = request;
    this.youngest = request;
    if (request.timeoutAtNs !== Number.POSITIVE_INFINITY) this.timeouts.push(request);
    this.depthByPriority[request.priority]++;
    this.depth++;
  }

  /** Who goes next; undefined when nobody waits. */
  peek(): Request | undefined {
    if (this.rankMask === 0) return undefined;
    return this.ranks[this.firstRank()]!.peek();
  }

  pop(): Request | undefined {
    const request = this.peek();
    if (request) this.remove(request);
    return request;
  }

  /** The level of who goes next; Infinity when nobody waits. */
  get headLevel(): number {
    return this.rankMask === 0 ? Number.POSITIVE_INFINITY : this.firstRank() >> 1;
  }

  remove(request: Request): void {
    this.leaveRank(request);
    if (request.timeoutIndex !== NOT_IN_HEAP) this.timeouts.removeAt(request.timeoutIndex);
    if (request.older) request.older.younger = request.younger;
    else this.oldest = request.younger;
    if (request.younger) request.younger.older = request.older;
    else this.youngest = request.older;
    request.older = undefined;
    request.younger = undefined;
    this.depthByPriority[request.priority]--;
    this.depth--;
  }

  /** Triton's DELAY: the request stays and waits behind all of its level that are not delayed. */
  delay(request: Request): void {
    this.leaveRank(request);
    if (request.timeoutIndex !== NOT_IN_HEAP) this.timeouts.removeAt(request.timeoutIndex);
    request.isDelayed = true;
    request.rank |= 1;
    this.enterRank(request);
  }

  /** The request whose timeout has come, if there is one. It stays in the queue. */
  timedOut(nowNs: number): Request | undefined {
    const first = this.timeouts.peek();
    return first && first.timeoutAtNs <= nowNs ? first : undefined;
  }

  /** Takes all out, oldest first. */
  takeAll(): Request[] {
    const taken: Request[] = [];
    while (this.oldest) {
      taken.push(this.oldest);
      this.remove(this.oldest);
    }
    return taken;
  }

  // The lowest set bit: the highest level that waits.
  private firstRank(): number {
    return 31 - Math.clz32(this.rankMask & -this.rankMask);
  }

  private enterRank(request: Request): void {
    const { rank } = request;
    assert(rank >= 0 && rank < RANK_COUNT, `rank ${rank} is there`);
    this.ranks[rank] ??= new Heap<Request>(isNext, placeInOrder);
    this.ranks[rank].push(request);
    this.rankMask |= 1 << rank;
  }

  private leaveRank(request: Request): void {
    const heap = this.ranks[request.rank]!;
    heap.removeAt(request.orderIndex);
    if (heap.count === 0) this.rankMask &= ~(1 << request.rank);
  }
}
