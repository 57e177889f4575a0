// A hash over every row that a simulation tells, so that two runs can be compared by one word.

import type { BatchFacts, Decision, DropFacts, Listener, PipelineFacts, QueueFacts } from '../listener';
import type { RequestFacts } from '../request';

const OUTCOMES = ['completed', 'reused', 'rejected', 'failed'] as const;

export class TraceHash implements Listener {
  // Two FNV-1a sums with different primes: one alone would meet itself after some 65,000 traces.
  private first = 0x811c9dc5;
  private second = 0x2f0b4c47;

  /** Sixteen hexadecimal digits. */
  get text(): string {
    const digits = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
    return digits(this.first) + digits(this.second);
  }

  onRequest({ id, priority, dispatchNs, completionNs, batchId, tier, outcome, version }: RequestFacts): void {
    this.addNs(completionNs);
    this.addNs(dispatchNs);
    this.add(id);
    this.add(batchId);
    this.add(priority + 16 * tier + 256 * OUTCOMES.indexOf(outcome!));
    this.addText(version);
  }

  onBatch({ id, startNs, durationNs, stream, requestCount, engine }: BatchFacts): void {
    this.addNs(startNs);
    this.addNs(durationNs);
    this.add(id);
    this.add(requestCount + 4096 * stream);
    this.addText(engine);
  }

  onQueue({ timeNs, priority, depth }: QueueFacts): void {
    this.addNs(timeNs);
    this.add(depth * 16 + priority);
  }

  onDecision({ kind, timeNs }: Decision): void {
    this.addNs(timeNs);
    this.addText(kind);
  }

  onDrop({ timeNs, arrivalNs, reason }: DropFacts): void {
    this.addNs(timeNs);
    this.addNs(arrivalNs);
    this.addText(reason);
  }

  onPipeline({ id, completionNs }: PipelineFacts): void {
    this.add(id);
    this.addNs(completionNs);
  }

  // Above 2^31 `| 0` keeps the low 32 bits; the high ones are added apart.
  private addNs(ns: number): void {
    this.add(ns);
    this.add(Math.floor(ns / 2 ** 32));
  }

  private add(word: number): void {
    this.first = Math.imul(this.first ^ word, 0x01000193);
    this.second = Math.imul(this.second ^ word ^ (this.second >>> 15), 0x85ebca6b);
  }

  private addText(text: string): void {
    this.add(text.length);
    for (let index = 0; index < text.length; index++) this.add(text.charCodeAt(index));
  }
}
