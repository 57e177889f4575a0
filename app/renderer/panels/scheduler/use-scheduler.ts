// The scheduler's rows of the part that is shown, asked again when the session has more of them.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Failure } from '../../../../shared/util/failure';
import type { WindowTable } from '../../../../shared/window/methods';
import { useActions, useChoices, useFacts, useSession } from '../../context';
import { batchesSql, batchSizesSql, occupancySql } from '../../model/scheduler/batches';
import { BUILDS_SQL, type Build, buildsOf } from '../../model/scheduler/builds';
import { decisionsSql } from '../../model/scheduler/decisions';
import { EDGES_SQL } from '../../model/scheduler/graph/layer-graph';
import { latencySql, latencyWindowsSql } from '../../model/scheduler/latency';
import { LAYERS_SQL } from '../../model/scheduler/layers';
import { LEVELS_SQL, type Level, LIVE_MODELS_SQL, levelsOf, MODELS_SQL, modelsOf } from '../../model/scheduler/levels';
import { type Life, lifeOf, lifeSql } from '../../model/scheduler/life';
import { missesSql, type RequestRef } from '../../model/scheduler/misses';
import { pipelinesSql, stagesSql } from '../../model/scheduler/pipelines';
import { depthSql } from '../../model/scheduler/queue-depth';
import {
  EXTENT_SQL,
  extentOf,
  newestNs,
  type Range,
  type RangeChoice,
  rangeOf,
  stampsOf,
} from '../../model/scheduler/range';
import { VERSION_EVENTS_SQL, versionsSql } from '../../model/scheduler/versions';
import { latestOnly } from '../../state/latest-only';
import type { SchedulerTab } from '../../state/scheduler-store';
import { failureOf } from '../../widgets/notice';

/** What a tab asks for, by the names under which its views find the answers. */
const QUESTIONS: Readonly<Record<SchedulerTab, (range: Range) => Readonly<Record<string, string>>>> = {
  queues: (range) => ({
    depth: depthSql(range),
    latency: latencySql(range),
    windows: latencyWindowsSql(range),
    sizes: batchSizesSql(range),
    decisions: decisionsSql(range),
  }),
  streams: (range) => ({ batches: batchesSql(range), occupancy: occupancySql(range) }),
  misses: (range) => ({ misses: missesSql(range) }),
  pipelines: (range) => ({ runs: pipelinesSql(range), stages: stagesSql(range) }),
  versions: (range) => ({ versions: versionsSql(range), events: VERSION_EVENTS_SQL }),
  engines: () => ({ layers: LAYERS_SQL, edges: EDGES_SQL }),
};

export interface SchedulerRows {
  /** Of which tab the answers are. */
  readonly tab: SchedulerTab;
  /** undefined while the session has no rows of a scheduler. */
  readonly range: Range | undefined;
  readonly levels: readonly Level[];
  readonly models: readonly string[];
  /** Of the newest runner. */
  readonly liveModels: readonly string[];
  readonly tables: Readonly<Record<string, WindowTable | undefined>>;
  readonly life: Life | undefined;
  readonly builds: readonly Build[];
  /** The newest moment that rows tell of. */
  readonly nowNs: number;
}

export interface SchedulerAnswers {
  /** undefined until the first answer. */
  readonly rows: SchedulerRows | undefined;
  readonly failure: Pick<Failure, 'sentence' | 'remedy'> | undefined;
}

/** The counts are asked at most so often; only new rows are read. */
const ASK_MS = 400;
/** These rows bring no columns to the window, so that its revision says nothing of them. */
const POLL_MS = 500;

type Asker = (sql: string) => Promise<WindowTable>;

async function askAll<K extends string>(ask: Asker, questions: Readonly<Record<K, string>>) {
  const names = Object.keys(questions) as K[];
  const answers = await Promise.all(names.map((name) => ask(questions[name])));
  return Object.fromEntries(names.map((name, index) => [name, answers[index]])) as Record<K, WindowTable>;
}

/** What was last answered, to ask only for what has changed since. */
interface Seen {
  readonly stamp: string;
  readonly buildStamp: string;
  readonly nowNs: number;
  readonly builds: readonly Build[];
  readonly answered: Omit<SchedulerRows, 'builds' | 'nowNs'> | undefined;
}

const NOT_SEEN: Seen = { stamp: '', buildStamp: '', nowNs: 0, builds: [], answered: undefined };

function rangeOfTable(extentTable: WindowTable, choice: RangeChoice, selection: Range | undefined): Range | undefined {
  const extent = extentOf(extentTable);
  return extent && rangeOf(choice, extent, selection);
}

async function askTab(ask: Asker, tab: SchedulerTab, range: Range | undefined, picked: RequestRef | undefined) {
  const names = await askAll(ask, { levels: LEVELS_SQL, models: MODELS_SQL, live: LIVE_MODELS_SQL });
  const tables = await askAll(ask, QUESTIONS[tab](range ?? { fromNs: 0, toNs: 1 }));
  const life = picked && lifeOf(await askAll(ask, { ...lifeSql(picked) }));
  const models = { models: modelsOf(names.models), liveModels: modelsOf(names.live) };
  return { tab, range, levels: levelsOf(names.levels), ...models, tables, life };
}

/** Asks when a choice changed, when rows came, and again and again while the session is live. */
export function useScheduler(): SchedulerAnswers {
  const { scheduler } = useActions();
  const session = useSession();
  const { tab, range: rangeChoice, picked } = useStore(session.scheduler);
  const selection = useChoices((choices) => choices.selection);
  const isLive = useFacts(({ description, status }) => description.kind === 'live' && status?.state !== 'ended');
  const [answers, setAnswers] = useState<SchedulerAnswers>({ rows: undefined, failure: undefined });
  const [askSoon] = useState(() => latestOnly(ASK_MS));
  const seen = useRef<Seen>(NOT_SEEN);
  useEffect(() => {
    let isCurrent = true;
    const ask: Asker = (sql) => scheduler.query(session, sql);
    const read = async () => {
      const extentTable = await ask(EXTENT_SQL);
      const { requests, engines, builds: buildStamp } = stampsOf(extentTable);
      const before = seen.current;
      const nowNs = newestNs(extentTable);
      const stamp = JSON.stringify([tab, rangeChoice, selection, picked, tab === 'engines' ? engines : requests]);
      const hasNewBuilds = buildStamp !== before.buildStamp;
      const isTicking = before.nowNs !== nowNs && before.builds.some(({ state }) => state === 'running');
      if (!isCurrent || (stamp === before.stamp && !hasNewBuilds && !isTicking)) return;
      const builds = hasNewBuilds ? buildsOf(await ask(BUILDS_SQL)) : before.builds;
      const answered =
        stamp === before.stamp && before.answered
          ? before.answered
          : await askTab(ask, tab, rangeOfTable(extentTable, rangeChoice, selection), picked);
      if (!isCurrent) return;
      seen.current = { stamp, buildStamp, nowNs, builds, answered };
      setAnswers({ rows: { ...answered, builds, nowNs }, failure: undefined });
    };
    const askNow = () =>
      askSoon(async () => {
        try {
          await read();
        } catch (error) {
          const failure = failureOf(error, 'It is asked again when there are more rows.');
          if (isCurrent) setAnswers((before) => ({ ...before, failure }));
        }
      });
    askNow();
    const remove = session.choices.subscribe((next, before) => next.revision !== before.revision && askNow());
    const removeFacts = session.facts.subscribe((next, before) => next.isComplete !== before.isComplete && askNow());
    const timer = isLive ? setInterval(askNow, POLL_MS) : undefined;
    return () => {
      isCurrent = false;
      clearInterval(timer);
      remove();
      removeFacts();
    };
  }, [scheduler, session, tab, rangeChoice, selection, picked, isLive, askSoon]);
  return answers;
}
