// A workload's text into what the runner works with: all names checked against each other, times in ns, defaults filled in. Reads no file
// but that of a recorded trace, and loads no model.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { NS_PER_MS, NS_PER_SEC } from '../../shared/units/units';
import { FailureError, failure } from '../../shared/util/failure';
import { completeModel } from '../scheduler/configuration';
import { explainIssue, wrong } from './explain';
import { modelPlan } from './model-plan';
import { type ModelEntry, type SourceEntry, type WorkloadFile, workloadFile } from './schema';
import { misplacedKey } from './tensorrt-keys';
import type { Workload, WorkloadSource } from './workload';

const ALIAS_COUNT_MAX = 100;

/** Where a workload came from: `label` names it in sentences, paths in it count from `folder`. */
export interface Origin {
  readonly label: string;
  readonly folder: string;
}

function readYaml(text: string, { label }: Origin): unknown {
  try {
    return parseYaml(text, { maxAliasCount: ALIAS_COUNT_MAX, prettyErrors: true });
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
    const what = first.replace(/[:.]$/, '');
    throw failure('badWorkload', `The workload ${label} is no YAML: ${what}.`, 'Correct it there.');
  }
}

type Refuse = (path: readonly PropertyKey[], what: string, remedy: string) => never;

/** One moment a line, in milliseconds; empty lines and what follows a # are left out. */
function readTimes(timesFile: string, path: PropertyKey[], { folder }: Origin, refuse: Refuse): number[] {
  const full = resolve(folder, timesFile);
  let text = '';
  try {
    text = readFileSync(full, 'utf8');
  } catch {
    refuse(
      path,
      `there is no file ${full} that could be read`,
      'Check the name; it counts from the workload’s folder.',
    );
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const times = lines.filter((line) => line !== '').map(Number);
  if (times.some((time) => !(time >= 0))) refuse(path, `${full} has a line that is no time`, 'Write milliseconds.');
  return times;
}

function arrivalOf({ arrival }: SourceEntry, path: PropertyKey[], origin: Origin, refuse: Refuse) {
  switch (arrival.kind) {
    case 'burst':
      return { kind: arrival.kind, count: arrival.count, periodNs: arrival.periodMs * NS_PER_MS };
    case 'closed':
      return { kind: arrival.kind, concurrency: arrival.concurrency, thinkNs: arrival.thinkMs * NS_PER_MS };
    case 'trace': {
      const { timesMs, timesFile } = arrival;
      if ((timesMs === undefined) === (timesFile === undefined)) {
        refuse(path, 'a trace has either timesMs or timesFile', 'Give one of them.');
      }
      const times = timesMs ?? readTimes(timesFile!, [...path, 'timesFile'], origin, refuse);
      const isAscending = times.every((time, index) => index === 0 || time >= times[index - 1]);
      if (!isAscending) refuse(path, 'the times of the trace are not ascending', 'Sort them.');
      return { kind: arrival.kind, timesNs: times.map((time) => time * NS_PER_MS) };
    }
    default:
      return arrival;
  }
}

function sourceOf(name: string, source: SourceEntry, origin: Origin, refuse: Refuse): WorkloadSource {
  const { target, priority, deadlineMs, timeoutMs, keyCount, pictures, video } = source;
  return {
    name,
    target,
    arrival: arrivalOf(source, ['sources', name, 'arrival'], origin, refuse),
    priority,
    deadlineNs: deadlineMs === undefined ? undefined : deadlineMs * NS_PER_MS,
    timeoutMicroseconds: timeoutMs === undefined ? undefined : timeoutMs * 1000,
    keyCount,
    pictures,
    video,
  };
}

/** No key that the model's engine would pass over in silence. */
function checkEngineKeys(name: string, entry: ModelEntry, refuse: Refuse): void {
  const parts = { ...entry.versions, ...entry.tiers } as Record<string, Pick<ModelEntry, 'precision'>>;
  const precisions = [entry, ...Object.values(parts)].flatMap(({ precision }) => precision ?? []);
  const wrongs = [undefined, ...precisions].flatMap((precision) => misplacedKey(entry, precision) ?? []);
  if (wrongs.length > 0) refuse(['models', name, wrongs[0].key], wrongs[0].what, 'Leave it out, or change the engine.');
}

/** Every name that is used is there. */
function checkNames({ models, pipelines, sources, events }: WorkloadFile, refuse: Refuse): void {
  const modelNames = Object.keys(models);
  const known = `The models are: ${modelNames.join(', ')}.`;
  const needModel = (name: string, path: PropertyKey[]) => {
    if (!Object.hasOwn(models, name)) refuse(path, `there is no model "${name}"`, known);
  };
  const needVersion = (name: string, version: string, path: PropertyKey[]) => {
    needModel(name, path);
    const versions = Object.keys(models[name].versions ?? { '1': {} });
    if (versions.includes(version)) return;
    refuse(path, `the model "${name}" has no version "${version}"`, `Its versions are: ${versions.join(', ')}.`);
  };
  for (const [name, { traffic = {} }] of Object.entries(models)) {
    for (const version of Object.keys(traffic)) needVersion(name, version, ['models', name, 'traffic', version]);
  }
  for (const [name, entry] of Object.entries(models)) checkEngineKeys(name, entry, refuse);
  for (const [name, { stages }] of Object.entries(pipelines)) {
    const path = ['pipelines', name];
    if (Object.hasOwn(models, name)) refuse(path, 'a model has the same name', 'Give it a name of its own.');
    for (const [index, { model }] of stages.entries()) needModel(model, [...path, 'stages', index, 'model']);
    const givenCount = stages.filter(({ share }) => share !== undefined).length;
    if (givenCount % stages.length !== 0)
      refuse(path, 'some stages have a share and some have none', 'Give all or none.');
  }
  for (const [name, { target }] of Object.entries(sources)) {
    if (Object.hasOwn(models, target) || Object.hasOwn(pipelines, target)) continue;
    const all = [...modelNames, ...Object.keys(pipelines)].join(', ');
    refuse(['sources', name, 'target'], `there is no model or pipeline "${target}"`, `There are: ${all}.`);
  }
  events.forEach(({ change }, index) => {
    const path = ['events', index, 'change'];
    if (change.kind === 'load' || change.kind === 'swap') needVersion(change.model, change.version, path);
    else if (change.kind !== 'policy') needModel(change.model, path);
    if (change.kind === 'traffic')
      for (const each of Object.keys(change.weights)) needVersion(change.model, each, path);
  });
}

/** Every model has something to begin with. `loadedLater` has "model/version" of what an event loads. */
function checkFirst({ models }: WorkloadFile, loadedLater: ReadonlySet<string>, refuse: Refuse): void {
  for (const [name, { versions = { '1': {} } }] of Object.entries(models)) {
    const isLater = (version: string) => loadedLater.has(`${name}/${version}`);
    if (!Object.keys(versions).every(isLater)) continue;
    refuse(['models', name], 'each of its versions is loaded by an event, and none at the start', 'Name one more.');
  }
}

/** Throws FailureError badWorkload with one sentence: where in the file, what is wrong, and what may stand there. */
export function parseWorkload(text: string, origin: Origin): Workload {
  const value = readYaml(text, origin);
  const parsed = workloadFile.safeParse(value);
  if (!parsed.success) throw explainIssue(origin.label, parsed.error, value, workloadFile);
  const file = parsed.data;
  const refuse: Refuse = (path, what, remedy) => {
    throw wrong(origin.label, path, what, remedy);
  };
  checkNames(file, refuse);
  const loadedLater = new Set(
    file.events.flatMap(({ change }) => (change.kind === 'load' ? [`${change.model}/${change.version}`] : [])),
  );
  checkFirst(file, loadedLater, refuse);
  const models = Object.entries(file.models).map(([name, entry]) => modelPlan(name, entry, loadedLater));
  for (const { options } of models) {
    try {
      completeModel(options);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      const what = error.failure.sentence.replace(/\.$/, '').replace(/^The model "[^"]*"/, 'it');
      refuse(['models', options.name], what, 'Correct it.');
    }
  }
  return {
    name: file.name,
    durationNs: file.seconds * NS_PER_SEC,
    seed: file.seed,
    policy: file.policy,
    streams: file.streams,
    agingNs: file.agingMs === undefined ? undefined : file.agingMs * NS_PER_MS,
    agedEvery: file.agedEvery,
    models,
    pipelines: Object.entries(file.pipelines).map(([name, { stages }]) => ({ name, stages })),
    sources: Object.entries(file.sources).map(([name, source]) => sourceOf(name, source, origin, refuse)),
    events: file.events.map(({ atSec, change }) => ({ atNs: atSec * NS_PER_SEC, change })),
    folder: origin.folder,
  };
}
