// What one stage of a pipeline hands to the next, made of what its network answered:
//
//   crops     of the picture that it looked at, one for each object that it found, the most certain first
//   picture   what it looked at itself
//   whole     its outputs, as the next network's inputs
//   drawn     nothing of its own: how many requests the next stage gets is drawn, their inputs are seeded

import type { Item } from '../../engines/batch';
import type { EngineFacts } from '../../engines/engine';
import { itemCountOf } from '../../engines/values';
import type { Request } from '../../scheduler/request';
import type { Random } from '../../scheduler/simulator/random';
import { type Area, type Look, pictureInputOf, scaleOf } from '../pictures/picture';
import type { Box } from './box';
import { objectReaderOf, type ReadObjects, type ReadOptions } from './objects';

export const FEEDS = ['crops', 'picture', 'whole', 'drawn'] as const;
export type Feeds = (typeof FEEDS)[number];

/** Crops of one picture, where the file says nothing else. */
export const FAN_OUT_MAX = 16;

/** What a request of a workload carries. Neither: it is given seeded numbers. */
export interface Payload {
  readonly look?: Look;
  /** Inputs as they are. */
  readonly item?: Item;
}

/** The result of a request of a workload. */
export interface EngineAnswer {
  readonly facts: EngineFacts;
  readonly outputs: Item;
}

export interface FeedOptions extends ReadOptions {
  readonly feeds: Feeds;
  readonly fanOutMax: number | undefined;
  readonly random: Random;
  /** More was found than the next stage gets. */
  readonly onCut: (request: Request, foundCount: number, keptCount: number) => void;
}

/** What stands when the file does not say: crops where the outputs say where objects are, the picture otherwise. */
export const feedsOf = (facts: EngineFacts): Feeds => (objectReaderOf(facts) ? 'crops' : 'picture');

/** Inputs of the next network made of outputs: by name, or one by one in order. undefined when they do not fit. */
function wholeFor(next: EngineFacts, { facts, outputs }: EngineAnswer): Item | undefined {
  const entries = next.inputs.map((input, index) => {
    const output = facts.outputs.find(({ name }) => name === input.name) ?? facts.outputs[index];
    const fits = output?.element === input.element && itemCountOf(output.shape) === itemCountOf(input.shape);
    return fits ? ([input.name, outputs[output.name]] as const) : undefined;
  });
  const all = entries.filter((entry) => entry !== undefined);
  return all.length === entries.length ? Object.fromEntries(all) : undefined;
}

/** Why a stage cannot feed the next one so, as the rest of a sentence; undefined when it can. */
export function faultOfFeed(feeds: Feeds, from: EngineFacts, next: EngineFacts): string | undefined {
  if (feeds === 'crops' && !objectReaderOf(from)) {
    return `the outputs of "${from.name}" say nothing about where objects are`;
  }
  if (feeds === 'crops' && !pictureInputOf(next)) return `"${next.name}" does not look at pictures`;
  if (feeds !== 'whole') return undefined;
  const outputs = Object.fromEntries(from.outputs.map(({ name }) => [name, new Uint8Array()]));
  const fits = wholeFor(next, { facts: from, outputs }) !== undefined;
  return fits
    ? undefined
    : `the outputs of "${from.name}" are not of the size and kind of the inputs of "${next.name}"`;
}

/** The part of the picture that a box of the network's input covers, in whole pixels; undefined when nothing is left of it. */
export function areaOf(box: Box, { picture, area }: Look, scale: number): Area | undefined {
  const within = (px: number, fromPx: number, sidePx: number) => Math.min(fromPx + sidePx, Math.max(fromPx, px));
  const leftPx = Math.floor(within(area.leftPx + box.leftPx / scale, area.leftPx, area.widthPx));
  const topPx = Math.floor(within(area.topPx + box.topPx / scale, area.topPx, area.heightPx));
  const rightPx = Math.ceil(within(area.leftPx + box.rightPx / scale, area.leftPx, area.widthPx));
  const bottomPx = Math.ceil(within(area.topPx + box.bottomPx / scale, area.topPx, area.heightPx));
  const [widthPx, heightPx] = [
    Math.min(rightPx, picture.widthPx) - leftPx,
    Math.min(bottomPx, picture.heightPx) - topPx,
  ];
  return widthPx > 0 && heightPx > 0 ? { leftPx, topPx, widthPx, heightPx } : undefined;
}

function cropsOf(look: Look, { facts, outputs }: EngineAnswer, read: ReadObjects): Payload[] {
  const input = pictureInputOf(facts)!;
  const scale = scaleOf(look.area, input);
  return read(outputs).flatMap((box) => {
    const area = areaOf(box, look, scale);
    return area ? [{ look: { picture: look.picture, area } }] : [];
  });
}

/** The `fanOut` of a stage: payloads of the next one's requests. `next` gives what the next stage's engine is loaded with. */
export function makeFeed(
  options: FeedOptions,
  next: () => EngineFacts | undefined,
): (request: Request) => readonly Payload[] {
  const { feeds, fanOutMax, random, onCut } = options;
  // A reader each engine: tiers and versions have other inputs.
  const readers = new Map<EngineFacts, ReadObjects | undefined>();
  const readerOf = (facts: EngineFacts) => {
    if (!readers.has(facts)) readers.set(facts, objectReaderOf(facts, options));
    return readers.get(facts);
  };
  return (request) => {
    const payload = (request.spec.payload ?? {}) as Payload;
    const answer = request.result as EngineAnswer | undefined;
    if (feeds === 'drawn') return new Array(Math.floor(random.next() * ((fanOutMax ?? 1) + 1))).fill({});
    if (feeds === 'picture' || !answer) return [payload];
    if (feeds === 'whole') {
      const facts = next();
      return [{ item: facts && wholeFor(facts, answer) }];
    }
    const read = readerOf(answer.facts);
    const found = payload.look && read ? cropsOf(payload.look, answer, read) : [];
    const most = fanOutMax ?? FAN_OUT_MAX;
    if (found.length > most) onCut(request, found.length, most);
    return found.slice(0, most);
  };
}
