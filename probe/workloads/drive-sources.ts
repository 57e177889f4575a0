// Who asks: each source at its moments, through its camera's buffer where it has one, of a model or a pipeline. Each source draws from a
// random stream of its own, so that the same seed asks at the same moments whatever the policy does.

import { NS_PER_SEC } from '../../shared/units/units';
import type { Clock } from '../scheduler/clock';
import type { Listener } from '../scheduler/listener';
import type { Pipeline } from '../scheduler/pipelines/pipeline';
import type { Scheduler } from '../scheduler/scheduler';
import { ArrivalTimes } from '../scheduler/simulator/arrivals';
import { Random } from '../scheduler/simulator/random';
import { VideoSource } from '../scheduler/sources/video-source';
import type { WorkloadSource } from './workload';

export interface Asked {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly listener: Listener;
  readonly pipelines: ReadonlyMap<string, Pipeline>;
  readonly seed: number;
}

/** Asks once; times are on the clock. */
type Ask = (arrivalNs: number, deadlineNs: number, done: () => void) => void;

const nothing = () => {};

/** Random streams of a seed: the sources count from here. */
const SOURCE_STREAM = 16;

function askOf(source: WorkloadSource, index: number, { scheduler, pipelines }: Asked): Ask {
  const { target: model, priority, timeoutMicroseconds, keyCount } = source;
  let askedCount = 0;
  const nextKey = () => (keyCount === undefined ? index : askedCount++ % keyCount);
  const pipeline = pipelines.get(model);
  if (pipeline) {
    return (arrivalNs, deadlineNs, done) => pipeline.submit({ key: nextKey(), arrivalNs, deadlineNs }, done);
  }
  return (_arrivalNs, deadlineNs, done) => {
    scheduler.submit({ model, priority, deadlineNs, timeoutMicroseconds, key: nextKey(), done });
  };
}

function cameraOf(source: WorkloadSource, index: number, ask: Ask, asked: Asked): VideoSource {
  const { scheduler, clock, listener, pipelines } = asked;
  const { name, target, priority, deadlineNs, video } = source;
  const model = pipelines.get(target)?.entryModel ?? target;
  const sink = {
    submit: (image: { arrivalNs: number; deadlineNs: number }, done: () => void) =>
      ask(image.arrivalNs, image.deadlineNs, done),
    predictCompletionNs: () => scheduler.predictCompletionNs(model, priority ?? 0, index),
  };
  const camera = new VideoSource({ ...video!, name, deadlineNs }, clock, sink, listener);
  scheduler.onPressure(model, (isPressed) => camera.setPressed(isPressed));
  return camera;
}

/** Starts a source, the `index`th of its workload: it asks from `startNs` until `endNs` of the clock, or until it is stopped. */
export function driveSource(
  source: WorkloadSource,
  index: number,
  asked: Asked,
  [startNs, endNs]: readonly [number, number],
): () => void {
  const { clock } = asked;
  const random = new Random(asked.seed, SOURCE_STREAM + index);
  const ask = askOf(source, index, asked);
  const relativeNs = source.deadlineNs ?? Number.POSITIVE_INFINITY;
  const { arrival } = source;
  if (arrival.kind === 'closed') {
    let isStopped = false;
    const timers = Array.from({ length: arrival.concurrency }, () => {
      const timer = clock.timer(() => ask(clock.nowNs(), clock.nowNs() + relativeNs, again));
      const again = () => {
        // Never within the answer itself: a refusal at once would ask for ever in one moment.
        const nextNs = clock.nowNs() + Math.max(1, Math.round(arrival.thinkNs * random.exponential()));
        if (nextNs < endNs && !isStopped) timer.armAt(nextNs);
      };
      timer.armAt(startNs);
      return timer;
    });
    return () => {
      isStopped = true;
      for (const timer of timers) timer.disarm();
    };
  }
  const camera = source.video ? cameraOf(source, index, ask, asked) : undefined;
  const periodNs = arrival.kind === 'periodic' ? NS_PER_SEC / arrival.ratePerSec : 0;
  const times = new ArrivalTimes(arrival, random, random.next() * periodNs);
  const timer = clock.timer(() => {
    const nowNs = clock.nowNs();
    if (camera) camera.offer();
    else ask(nowNs, nowNs + relativeNs, nothing);
    armNext();
  });
  const armNext = () => {
    const nextNs = startNs + times.nextNs();
    if (nextNs < endNs) timer.armAt(nextNs);
  };
  armNext();
  return () => timer.disarm();
}
