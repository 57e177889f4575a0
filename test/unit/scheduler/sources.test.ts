// Cameras with their drop policies, and pipelines.

import { describe, expect, test } from 'vitest';
import { splitBudget } from '../../../probe/scheduler/pipelines/budget';
import { Pipeline, type StageOptions } from '../../../probe/scheduler/pipelines/pipeline';
import type { DropPolicyName } from '../../../probe/scheduler/sources/drop-policies';
import { VideoSource, type VideoSourceOptions } from '../../../probe/scheduler/sources/video-source';
import { type Bed, MS, makeBed } from './bed';

/** A camera with an image each 4 ms (0, 1, 2, …) before a model that takes 11 ms, one at a time. */
function camera(policy: DropPolicyName, options: Partial<VideoSourceOptions> = {}): { bed: Bed; source: VideoSource } {
  const bed = makeBed({ workMs: 11 });
  const { scheduler, clock, trace } = bed;
  const sink = {
    submit: ({ index, deadlineNs }: { index: number; deadlineNs: number }, done: () => void) => {
      scheduler.submit({ model: 'm', payload: `${index}`, deadlineNs, done });
    },
    predictCompletionNs: () => scheduler.predictCompletionNs('m', 1),
  };
  const source = new VideoSource({ name: 'c', policy, inFlightMax: 1, ...options }, clock, sink, trace);
  for (let index = 0; index < 10; index++) bed.when(100 + index * 4, () => source.offer());
  return { bed, source };
}
const dropsOf = ({ trace }: Bed) =>
  trace.drops.map(({ arrivalNs, reason }) => `${(arrivalNs / MS - 100) / 4}:${reason}`).join(' ');

describe('video source', () => {
  test('drop-oldest answers the freshest', () => {
    const { bed } = camera('drop-oldest');
    expect(bed.run(300)).toBe('0 2 5 8 9');
    expect(dropsOf(bed)).toBe('1:oldest 3:oldest 4:oldest 6:oldest 7:oldest');
  });

  test('drop-newest keeps what waits', () => {
    const { bed } = camera('drop-newest');
    expect(bed.run(300)).toBe('0 1 3 6 9');
    expect(dropsOf(bed)).toBe('2:newest 4:newest 5:newest 7:newest 8:newest');
  });

  test('every-nth takes the same images whatever the load', () => {
    const { bed } = camera('every-nth', { everyNth: 3 });
    expect(bed.run(300)).toBe('0 3 6 9');
    expect(bed.trace.drops.every(({ reason }) => reason === 'every-nth')).toBe(true);
  });

  test('deadline-aware hands on nothing that would be late', () => {
    const { bed } = camera('deadline-aware', { deadlineNs: 15 * MS, bufferCount: 4 });
    // Learned first: 11 ms each.
    bed.at(0, 'w');
    bed.run(300);
    expect(bed.trace.of('late')).toEqual([]);
    expect(bed.trace.drops.some(({ reason }) => reason === 'deadline')).toBe(true);
    expect(bed.trace.requests.length + bed.trace.drops.length).toBe(11);
  });

  test('under pressure nothing is handed on, afterwards the freshest', () => {
    const { bed, source } = camera('drop-oldest');
    bed.when(99, () => source.setPressed(true));
    bed.when(130, () => source.setPressed(false));
    expect(bed.run(300)).toBe('7 9');
  });
});

describe('budget', () => {
  test('by work when no shares are given, by shares otherwise; the last stage ends with the budget', () => {
    expect(splitBudget([undefined, undefined], [30, 10])).toEqual([0.75, 1]);
    expect(splitBudget([1, 1, 2], [9, 9, 9])).toEqual([0.25, 0.5, 1]);
    expect(splitBudget([undefined, undefined], [Number.POSITIVE_INFINITY, 0])).toEqual([0.5, 1]);
  });
});

describe('pipeline', () => {
  const models = [{ name: 'detect' }, { name: 'classify', maxBatchSize: 4 }];
  const stages: StageOptions[] = [
    { model: 'detect', share: 3, fanOut: (request) => ['x', 'y', 'z'].slice(0, Number(request.spec.payload)) },
    { model: 'classify', share: 1 },
  ];
  const runOne = (payload: number, work: (engine: string) => number | 'fail' = () => 10) => {
    const bed = makeBed({ models });
    bed.executor.work = ({ engine }) => work(engine.model);
    const pipeline = new Pipeline({ name: 'p', stages }, bed.scheduler, bed.clock, bed.trace);
    const heard: boolean[] = [];
    pipeline.submit({ arrivalNs: 0, deadlineNs: 40 * MS, payload }, (isOk) => heard.push(isOk));
    const drawn = bed.run(500);
    return { bed, heard, drawn, facts: bed.trace.pipelines };
  };

  test('what one stage finds becomes the next one’s requests, with their parent, and the budget is told by stage', () => {
    const { bed, heard, drawn, facts } = runOne(3);
    expect(drawn).toBe('3 x yz');
    expect(heard).toEqual([true]);
    expect(bed.trace.requests.map(({ stage, parent, deadlineNs }) => `${stage} ${parent} ${deadlineNs / MS}`)).toEqual([
      '0 0 30',
      ...['1 1 40', '1 1 40', '1 1 40'],
    ]);
    expect(facts).toMatchObject([{ id: 1, isOk: true, completionNs: 30 * MS }]);
    expect(facts[0].stages).toEqual([
      { model: 'detect', startNs: 0, latencyNs: 10 * MS, budgetNs: 30 * MS, requestCount: 1 },
      { model: 'classify', startNs: 10 * MS, latencyNs: 20 * MS, budgetNs: 10 * MS, requestCount: 3 },
    ]);
  });

  test('nothing found ends the run well', () => {
    const { heard, facts } = runOne(0);
    expect(heard).toEqual([true]);
    expect(facts[0].stages).toHaveLength(1);
  });

  test('a stage that fails ends the run once, badly', () => {
    const { heard, facts } = runOne(2, (model) => (model === 'classify' ? 'fail' : 10));
    expect(heard).toEqual([false]);
    expect(facts[0].isOk).toBe(false);
  });
});
