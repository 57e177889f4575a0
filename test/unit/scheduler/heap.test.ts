import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../probe/scheduler/clock';
import { Heap, NOT_IN_HEAP } from '../../../probe/scheduler/heap';
import { RealClock } from '../../../probe/scheduler/real-clock';

interface Item {
  key: number;
  readonly id: number;
  index: number;
}
const isBefore = (left: Item, right: Item) => left.key < right.key || (left.key === right.key && left.id < right.id);

test('any pushes, pops, removals and moves leave the order of a sorted array', () => {
  const step = fc.record({ kind: fc.constantFrom('push', 'push', 'pop', 'remove', 'move'), value: fc.nat(20) });
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const heap = new Heap<Item>(isBefore, (item, index) => {
      item.index = index;
    });
    let twin: Item[] = [];
    const sorted = () => twin.sort((left, right) => (isBefore(left, right) ? -1 : 1));
    steps.forEach(({ kind, value }, id) => {
      const chosen = twin[value % Math.max(1, twin.length)];
      if (kind === 'push') {
        const item = { key: value, id, index: NOT_IN_HEAP };
        heap.push(item);
        twin.push(item);
      } else if (kind === 'pop') expect(heap.pop()).toBe(sorted().shift());
      else if (chosen && kind === 'remove') {
        heap.removeAt(chosen.index);
        twin = twin.filter((item) => item !== chosen);
        expect(chosen.index).toBe(NOT_IN_HEAP);
      } else if (chosen) {
        chosen.key = value;
        heap.moveAt(chosen.index);
      }
      expect(heap.count).toBe(twin.length);
      expect(heap.peek()).toBe(sorted()[0]);
    });
  });
  fc.assert(property, { numRuns: 1000 });
});

test('the virtual clock runs timers by time, then by when they were armed, and a timer armed again moves', () => {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const timer = (name: string) => clock.timer(() => heard.push(`${name}@${clock.nowNs()}`));
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(timer);
  a.armAt(20);
  b.armAt(10);
  c.armAt(10);
  d.armAt(5);
  b.armAt(30);
  d.disarm();
  clock.runUntil(25);
  expect(heard).toEqual(['c@10', 'a@20']);
  expect(clock.nowNs()).toBe(25);
  clock.step();
  expect(heard.at(-1)).toBe('b@30');
});

test('a timer for a moment that has passed runs, but not inside the call that armed it', () => {
  const clock = new VirtualClock();
  clock.runUntil(100);
  let isRun = false;
  clock
    .timer(() => {
      isRun = true;
    })
    .armAt(50);
  expect(isRun).toBe(false);
  clock.runUntil(100);
  expect(isRun).toBe(true);
});

test('the real clock runs timers in order and none after it was closed', async () => {
  const clock = new RealClock(() => performance.now() * 1e6);
  const beganNs = clock.nowNs();
  const heard: string[] = [];
  clock.timer(() => heard.push('late')).armAt(beganNs + 4e6);
  clock.timer(() => heard.push('soon')).armAt(beganNs + 2e5);
  const end = new Promise<number>((resolve) => clock.timer(() => resolve(clock.nowNs())).armAt(beganNs + 5e6));
  expect((await end) - beganNs).toBeGreaterThanOrEqual(5e6);
  expect(heard).toEqual(['soon', 'late']);
  clock.timer(() => heard.push('never')).armAt(clock.nowNs());
  clock.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).not.toContain('never');
});
