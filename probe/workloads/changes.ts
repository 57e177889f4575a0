// Changes of a workload that runs: an event of its file, or JSON from outside, by the probe or by a line of the control file.

import { closeSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { FailureError, failure } from '../../shared/util/failure';
import type { ModelOptions, QueuePolicy } from '../scheduler/configuration';
import { DEFAULT_QUEUE_POLICY } from '../scheduler/configuration';
import type { Scheduler } from '../scheduler/scheduler';
import { type Change, change } from './schema';
import type { ModelPlan } from './workload';

/** Tells what could not be done; the workload goes on. */
export type Refused = (sentence: string, remedy: string) => void;

const POLL_MS = 500;
const LINE_BYTES_MAX = 64 * 1024;
const READ_BYTES = 64 * 1024;

type LimitsChange = Extract<Change, { kind: 'limits' }>;

export class Changes {
  private readonly options: Map<string, ModelOptions>;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly models: readonly Pick<ModelPlan, 'options' | 'versions'>[],
    private readonly refused: Refused,
  ) {
    this.options = new Map(models.map(({ options }) => [options.name, options]));
  }

  /** Never throws: what cannot be done is told. */
  apply(wanted: Change): void {
    try {
      this.carryOut(wanted);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.refused(error.failure.sentence, error.failure.remedy);
    }
  }

  /** One change from outside, as JSON. Unknown ones are told and left out. */
  applyLine(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.refused('A change that is no JSON was left out.', 'Write one JSON object a line.');
      return;
    }
    const parsed = change.safeParse(value);
    if (parsed.success) {
      this.apply(parsed.data);
      return;
    }
    const [{ path, message }] = parsed.error.issues;
    const where = path.length > 0 ? ` at ${path.map(String).join('.')}` : '';
    this.refused(`A change was left out: it is wrong${where} (${message}).`, 'Correct it.');
  }

  private carryOut(wanted: Change): void {
    const { scheduler } = this;
    switch (wanted.kind) {
      case 'policy':
        scheduler.setPolicy(wanted.policy);
        break;
      case 'limits':
        this.limit(wanted);
        break;
      case 'traffic':
        scheduler.setTraffic(wanted.model, wanted.weights);
        break;
      case 'roll-back':
        this.rollBack(wanted.model);
        break;
      case 'load':
        this.checkVersion(wanted.model, wanted.version);
        scheduler.load(wanted.model, wanted.version, (error) => {
          if (error) this.refused(`Version "${wanted.version}" of "${wanted.model}" was not loaded: ${error}`, '');
        });
        break;
      case 'swap':
        scheduler.swap(wanted.model, wanted.version);
        break;
    }
  }

  /** Only what the workload names has files to be loaded from. Throws FailureError unknownVersion. */
  private checkVersion(model: string, version: string): void {
    const names = this.models.find(({ options }) => options.name === model)?.versions.map((each) => each.version);
    if (!names || names.includes(version)) return; // of a model that is not there the scheduler says so
    const sentence = `The workload has no version "${version}" of "${model}".`;
    throw failure('unknownVersion', sentence, `Its versions are: ${names.join(', ')}.`);
  }

  /** Engines take no larger batches than they were loaded for. Throws FailureError batchTooLarge. */
  private checkBatchSize(model: string, batchSize: number): void {
    const loaded = this.models.find(({ options }) => options.name === model);
    const most = loaded?.options.maxBatchSize ?? 1;
    if (!loaded || batchSize <= most) return;
    const sentence = `The engines of "${model}" were loaded for batches of ${most} at most.`;
    throw failure('batchTooLarge', sentence, 'Choose a smaller maxBatchSize, or start the workload with a larger one.');
  }

  private limit({ model, maxBatchSize, maxQueueSize }: LimitsChange): void {
    this.checkBatchSize(model, maxBatchSize ?? 1);
    const before = this.options.get(model);
    const { dynamicBatching = {} } = before ?? {};
    const sized = (policy: QueuePolicy) => (maxQueueSize === undefined ? policy : { ...policy, maxQueueSize });
    const levels = Object.entries(dynamicBatching.priorityQueuePolicy ?? {}).map(
      ([level, policy]) => [Number(level), sized(policy)] as const,
    );
    const batch = maxBatchSize ?? before?.maxBatchSize ?? 1;
    const preferred = dynamicBatching.preferredBatchSize ?? [];
    const options: ModelOptions = {
      ...(before ?? { name: model }),
      maxBatchSize: batch,
      dynamicBatching: {
        ...dynamicBatching,
        preferredBatchSize: preferred.filter((size) => size <= batch),
        defaultQueuePolicy: sized(dynamicBatching.defaultQueuePolicy ?? DEFAULT_QUEUE_POLICY),
        priorityQueuePolicy: Object.fromEntries(levels),
      },
    };
    this.scheduler.configure(options);
    this.options.set(model, options);
  }

  /** To the version that served before: the one on standby while a swap is judged, else the one that was loaded first and is still up. */
  private rollBack(model: string): void {
    try {
      this.scheduler.rollBack(model);
    } catch (error) {
      const isUp = ({ state }: { state: string }) => state === 'serving' || state === 'ready';
      const first = error instanceof FailureError ? this.scheduler.versionsOf(model).find(isUp) : undefined;
      if (!first) throw error;
      this.scheduler.setTraffic(model, { [first.version]: 1 });
    }
  }
}

/** Reads what is appended to a file, line by line. A file that is not there yet is waited for. Returns its end. */
export function followLines(path: string, take: (line: string) => void): () => void {
  let offsetBytes = 0;
  let rest = '';
  const buffer = Buffer.alloc(READ_BYTES);
  const read = () => {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return;
    }
    try {
      if (fstatSync(file).size < offsetBytes) offsetBytes = 0; // written anew
      for (;;) {
        const bytes = readSync(file, buffer, 0, READ_BYTES, offsetBytes);
        if (bytes === 0) break;
        offsetBytes += bytes;
        rest += buffer.toString('utf8', 0, bytes);
      }
    } finally {
      closeSync(file);
    }
    const lines = rest.split('\n');
    rest = (lines.pop() ?? '').slice(-LINE_BYTES_MAX);
    for (const line of lines) if (line.trim() !== '') take(line);
  };
  // Watching is quick where it works; over some file systems it tells nothing.
  const timer = setInterval(read, POLL_MS);
  let watcher: ReturnType<typeof watch> | undefined;
  try {
    watcher = watch(path, read);
    watcher.on('error', () => undefined);
  } catch {
    watcher = undefined;
  }
  read();
  return () => {
    clearInterval(timer);
    watcher?.close();
  };
}
