// Lets a source of a workload ask: at its moments, through its camera's buffer where it has one, of a model or a pipeline.

import type { Clock } from '../clock';
import type { Listener } from '../listener';
import type { Pipeline } from '../pipelines/pipeline';
import type { Scheduler } from '../scheduler';
import { VideoSource } from '../sources/video-source';
import { ArrivalTimes } from './arrivals';
import type { Random } from './random';
import type { SimulatedSource } from './workload';

export interface Targets {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly listener: Listener;
  readonly pipelines: ReadonlyMap<string, Pipeline>;
  /** What the source at `index` hands over with the `askedCount`th time it asks; left out: nothing. */
  readonly payloadOf?: (index: number, askedCount: number) => unknown;
}

/** Asks once, now; `deadlineNs` is on the clock. */
type Ask = (arrivalNs: number, deadlineNs: number, done: () => void) => void;

/** Starts a source: it asks from `startNs` until `endNs`, in ns of the clock, or until what this returns is called. */
export function driveSource(
  source: SimulatedSource,
  index: number,
  targets: Targets,
  random: Random,
  startNs: number,
  endNs: number,
): () => void {
  const { clock } = targets;
  const ask = askerOf(source, index, targets);
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
  const offer = source.video ? cameraOf(source, ask, index, targets) : undefined;
  const period = arrival.kind === 'periodic' ? 1e9 / arrival.ratePerSec : 0;
  const times = new ArrivalTimes(arrival, random, random.next() * period);
  const timer = clock.timer(() => {
    const nowNs = clock.nowNs();
    if (offer) offer();
    else ask(nowNs, nowNs + relativeNs, nothing);
    const nextNs = startNs + times.nextNs();
    if (nextNs < endNs) timer.armAt(nextNs);
  });
  timer.armAt(startNs + times.nextNs());
  return () => timer.disarm();
}

const nothing = () => {};

function askerOf(source: SimulatedSource, index: number, { scheduler, pipelines, payloadOf }: Targets): Ask {
  const { target, priority, timeoutMicroseconds, keyCount } = source;
  let askedCount = 0;
  const next = () => {
    const asked = askedCount++;
    return { key: keyCount === undefined ? index : asked % keyCount, payload: payloadOf?.(index, asked) };
  };
  const pipeline = pipelines.get(target);
  if (pipeline) {
    return (arrivalNs, deadlineNs, done) => pipeline.submit({ ...next(), arrivalNs, deadlineNs }, done);
  }
  return (_arrivalNs, deadlineNs, done) => {
    scheduler.submit({ model: target, priority, deadlineNs, timeoutMicroseconds, ...next(), done });
  };
}

function cameraOf(source: SimulatedSource, ask: Ask, index: number, targets: Targets): () => void {
  const { scheduler, clock, listener, pipelines } = targets;
  const { name, target, priority, deadlineNs, video } = source;
  const model = pipelines.get(target)?.entryModel ?? target;
  const sink = {
    submit: (image: { arrivalNs: number; deadlineNs: number }, done: () => void) =>
      ask(image.arrivalNs, image.deadlineNs, done),
    predictCompletionNs: () => scheduler.predictCompletionNs(model, priority ?? 0, index),
  };
  const camera = new VideoSource({ ...video!, name, deadlineNs }, clock, sink, listener);
  scheduler.onPressure(model, (isPressed) => camera.setPressed(isPressed));
  return () => camera.offer();
}
