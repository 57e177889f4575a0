// Versions of a model while it is under load:
//
//   load ─▶ loading ─▶ warming ─▶ ready ─▶ serving ─▶ draining ─▶ ended
//                 ╰──▶ failed          ╰─▶ rolled-back ─▶ draining
//
// A swap changes the router in one step: requests that came before it are finished by the version that has them, later ones go to the
// new one. While a roll-back rule judges the new version the previous one stays up. Requests that wait are moved, never dropped.

import { failure } from '../../../shared/util/failure';
import type { Core } from '../core';
import type { Engines } from '../engines';
import type { Settled } from '../executor';
import type { Lane } from '../lane';
import type { Model, Version, VersionState } from '../model';
import type { Request } from '../request';
import { faultOfVersion } from './roll-back';

export class Rollout {
  constructor(
    private readonly core: Core,
    private readonly engines: Engines,
    private readonly model: Model,
    private readonly pump: () => void,
  ) {}

  /** Brings a new version up. It gets no requests until `swap` or `setTraffic`, unless it is the only one. */
  load(lane: Lane, settled: Settled): void {
    const version: Version = { lane, state: 'loading', isReleased: false };
    this.model.versions.set(lane.version, version);
    this.enter(version, 'loading', '');
    const onSettled = (error?: string) => {
      if (error) {
        this.enter(version, 'failed', error);
        this.release(version);
        return settled(error);
      }
      lane.isUp = true;
      this.core.lanes.push(lane);
      this.enter(version, 'ready', '');
      if (Object.keys(this.model.router.weights).length === 0) this.setTraffic({ [lane.version]: 1 });
      settled();
      this.pump();
    };
    this.engines.bringUp(lane, () => this.enter(version, 'warming', ''), onSettled);
  }

  /** Divides keys among versions by weight. Throws a FailureError when one of them is not up. */
  setTraffic(weights: Readonly<Record<string, number>>): void {
    for (const name of Object.keys(weights)) this.needUsable(name);
    this.model.router.setWeights(weights);
    for (const [name, weight] of Object.entries(weights)) {
      const version = this.model.versions.get(name)!;
      if (weight > 0 && version.state !== 'serving') this.enter(version, 'serving', '');
    }
  }

  /** Gives all traffic to a version at once, and drains the others when it has passed its probation (at once without a rule). */
  swap(name: string): void {
    const { lane: candidate } = this.needUsable(name);
    const { model } = this;
    if (model.probation?.previous === candidate) {
      this.rollBack('swapped back');
      return;
    }
    const others = [...model.versions.values()].filter(({ lane, state }) => state === 'serving' && lane !== candidate);
    this.setTraffic({ [name]: 1 });
    // A swap during a probation is judged against the version that was known to be good, not against the one on trial.
    const previous = others.find(({ lane }) => lane === model.probation?.previous) ?? others[0];
    const isJudged = model.configuration.rollBack !== undefined && previous !== undefined;
    for (const version of others) if (!isJudged || version !== previous) this.drain(version, 'swapped');
    if (!isJudged) return;
    candidate.statistics.clear();
    model.probation = { candidate, previous: previous.lane };
  }

  /** Gives all traffic back to the previous version. Throws a FailureError when no swap is on probation. */
  rollBack(because: string): void {
    const { probation, name } = this.model;
    if (!probation)
      throw failure('noProbation', `No swap of "${name}" is on probation.`, 'Swap to the version you want.');
    const { candidate, previous } = probation;
    this.model.probation = undefined;
    this.setTraffic({ [previous.version]: 1 });
    const version = this.model.versions.get(candidate.version)!;
    this.enter(version, 'rolled-back', because);
    this.merge(candidate, previous, candidate.queue.takeAll());
    this.tellEmpty(candidate);
    this.drain(version, 'rolled back');
    this.pump();
  }

  /** Lets a version finish what it has and then unloads it. */
  drainByName(name: string): void {
    const version = this.needUsable(name);
    const weights = this.model.router.weights;
    delete weights[name];
    this.model.router.setWeights(weights);
    if (this.model.probation?.previous === version.lane) this.model.probation = undefined;
    this.drain(version, 'asked');
  }

  /** Looks at a version after one of its requests was answered or left its queue. */
  settle(lane: Lane): void {
    const { probation, configuration } = this.model;
    if (probation?.candidate === lane && configuration.rollBack) {
      const because = faultOfVersion(configuration.rollBack, lane.statistics, probation.previous.statistics);
      if (because) this.rollBack(because);
      else if (lane.statistics.answeredCount >= configuration.rollBack.probationCount) this.endProbation();
    }
    const version = this.model.versions.get(lane.version);
    // Another one of the same name may have been loaded since.
    if (version?.lane !== lane) return;
    if (version.state === 'draining') this.endIfDrained(version);
    else if (version.state === 'failed' && lane.inFlightCount === 0) this.release(version);
  }

  /** The engines of a lane do not come back: its queue goes to the other versions, or is answered when there are none. */
  onLost(lane: Lane, because: string): void {
    const { model } = this;
    const version = model.versions.get(lane.version)!;
    if (model.probation?.candidate === lane) this.rollBack(because);
    // The standby of a probation is as good as any other version from now on, and cannot be rolled back to.
    if (model.probation?.previous === lane) model.probation = undefined;
    const weights = model.router.weights;
    delete weights[lane.version];
    model.router.setWeights(weights);
    this.remove(lane);
    this.enter(version, 'failed', because);
    if (lane.inFlightCount === 0) this.release(version);
    const waiting = lane.queue.takeAll();
    this.tellEmpty(lane);
    for (const request of waiting) {
      const other = model.laneFor(request.key);
      if (other) this.merge(lane, other, [request]);
      else this.core.answer(request, lane, 'failed', 'engine-lost');
    }
    this.pump();
  }

  private endProbation(): void {
    const { probation } = this.model;
    this.model.probation = undefined;
    const previous = probation && this.model.versions.get(probation.previous.version);
    if (previous) this.drain(previous, 'the new version passed');
  }

  private drain(version: Version, because: string): void {
    this.enter(version, 'draining', because);
    this.endIfDrained(version);
  }

  private endIfDrained(version: Version): void {
    const { lane } = version;
    if (lane.queue.depth > 0 || lane.inFlightCount > 0) return;
    lane.isUp = false;
    this.remove(lane);
    this.enter(version, 'ended', '');
    this.release(version);
  }

  private release(version: Version): void {
    if (version.isReleased) return;
    version.isReleased = true;
    for (const engine of version.lane.engines) this.core.executor.unload(engine);
  }

  /** Puts requests that were accepted elsewhere among those that wait, by arrival. The limits do not count: they were accepted. */
  private merge(from: Lane, lane: Lane, requests: readonly Request[]): void {
    if (requests.length === 0) return;
    const nowNs = this.core.clock.nowNs();
    const heldMoreNs = lane.heldUntilNs(nowNs) - from.heldUntilNs(nowNs);
    for (const request of requests) request.heldBeforeNs += heldMoreNs;
    const all = [...lane.queue.takeAll(), ...requests].sort((left, right) => left.id - right.id);
    for (const request of all) {
      request.version = lane.version;
      this.core.order(lane, request);
    }
    for (const priority of new Set(requests.map((request) => request.priority))) this.core.tellDepth(lane, priority);
  }

  private tellEmpty(lane: Lane): void {
    const levelCount = Math.max(1, lane.model.dynamicBatching.priorityLevels);
    for (let priority = 1; priority <= levelCount; priority++) this.core.tellDepth(lane, priority);
  }

  private remove(lane: Lane): void {
    const index = this.core.lanes.indexOf(lane);
    if (index >= 0) this.core.lanes.splice(index, 1);
    // Whoever walks the lanes just now may have missed one; the pump goes round again.
    this.pump();
  }

  private needUsable(name: string): Version {
    const version = this.model.versions.get(name);
    const isUsable = version && (version.state === 'ready' || version.state === 'serving');
    if (isUsable) return version;
    const state = version ? `is ${version.state}` : 'is not loaded';
    throw failure(
      'versionNotUp',
      `Version "${name}" of "${this.model.name}" ${state}.`,
      'Load it and wait until it is ready.',
    );
  }

  private enter(version: Version, state: VersionState, because: string): void {
    version.state = state;
    const { model, version: name } = version.lane;
    const timeNs = this.core.clock.nowNs();
    this.core.listener.onDecision({ kind: 'version', timeNs, model: model.name, version: name, state, because });
  }
}
