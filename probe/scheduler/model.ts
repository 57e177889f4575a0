// One model as the scheduler runs it: its versions and what belongs to all of them.

import type { ModelConfiguration } from './configuration';
import { Degradation, type TierChange } from './control/degradation';
import { Pressure } from './control/pressure';
import type { Lane } from './lane';
import type { VersionDecision } from './listener';
import type { Request } from './request';
import { VersionRouter } from './versions/router';

export type VersionState = VersionDecision['state'];

export interface Version {
  readonly lane: Lane;
  state: VersionState;
  /** Whether the executor was told to let go of its engines. */
  isReleased: boolean;
}

/** A swap that is still being judged: the previous version is up and gets nothing. */
export interface Probation {
  readonly candidate: Lane;
  readonly previous: Lane;
}

/** Askers whose last result is kept; beyond it the one that was longest without a new result is forgotten. */
const LAST_RESULT_COUNT_MAX = 4096;

export class Model {
  readonly versions = new Map<string, Version>();
  readonly router = new VersionRouter();
  readonly degradation: Degradation;
  readonly pressure: Pressure;
  probation: Probation | undefined = undefined;
  private readonly lastResults = new Map<number, unknown>();
  private reuseCount = 0;

  constructor(
    public configuration: ModelConfiguration,
    tierChanged: TierChange,
  ) {
    this.degradation = new Degradation(configuration.degradation, tierChanged);
    this.pressure = new Pressure(configuration.pressureDepth);
  }

  get name(): string {
    return this.configuration.name;
  }

  /** Requests that wait in all its versions. */
  get depth(): number {
    let depth = 0;
    for (const { lane } of this.versions.values()) depth += lane.queue.depth;
    return depth;
  }

  laneFor(key: number): Lane | undefined {
    const version = this.router.route(key);
    return version === undefined ? undefined : this.versions.get(version)?.lane;
  }

  /** Keeps a result for the reuse-last tier, where the model has one. */
  keepResult({ key, result }: Request): void {
    if (!this.configuration.degradation.tiers.includes('reuse-last')) return;
    // Set again, so that the map's first key is the one without news for longest.
    this.lastResults.delete(key);
    this.lastResults.set(key, result);
    if (this.lastResults.size > LAST_RESULT_COUNT_MAX) this.lastResults.delete(this.lastResults.keys().next().value!);
  }

  /** Whether this request is answered with its asker's last result: put into it, if so. */
  reuse(request: Request): boolean {
    const { tiers, refreshEvery } = this.configuration.degradation;
    if (tiers[this.degradation.tier] !== 'reuse-last' || !this.lastResults.has(request.key)) return false;
    if (++this.reuseCount % refreshEvery === 0) return false;
    request.result = this.lastResults.get(request.key);
    request.tier = this.degradation.tier;
    return true;
  }
}
