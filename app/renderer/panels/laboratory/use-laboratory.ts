// The experiments of the session and the points of the one that is shown, asked again when the session has more of them.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Failure } from '../../../../shared/util/failure';
import { useActions, useFacts, useSession } from '../../context';
import {
  EXPERIMENTS_SQL,
  type Experiment,
  type ExperimentNotice,
  experimentsOf,
  noticesOf,
  noticesSql,
  type Point,
} from '../../model/laboratory/experiments';
import { phaseOf } from '../../model/laboratory/phase';
import { computeCapabilities, DEVICES_SQL } from '../../model/laboratory/what-if';
import { latestOnly } from '../../state/latest-only';
import { failureOf } from '../../widgets/notice';
import type { ListedExperiment } from './experiment-list';

export interface LaboratoryRows {
  /** The newest first; undefined until the first answer. */
  readonly listed: readonly ListedExperiment[] | undefined;
  /** Something is measured, or about to be. */
  readonly isBusy: boolean;
  /** The one that is shown; undefined when there is none, or when it was asked for and has no row yet. */
  readonly experiment: Experiment | undefined;
  readonly points: readonly Point[];
  /** What is to be known about all of them. */
  readonly notices: readonly ExperimentNotice[];
  /** By the name of the device. */
  readonly computeCapabilities: ReadonlyMap<string, string>;
  readonly failure?: Pick<Failure, 'sentence' | 'remedy'>;
}

/** Rows are counted at most so often; only new ones are read. */
const ASK_MS = 300;
/** Points bring no columns to the window, so that its revision says nothing of them. */
const POLL_MS = 400;

const COUNTS_SQL = `SELECT (SELECT count(*) FROM experiment) AS experiments, (SELECT count(*) FROM point) AS points,
  (SELECT count(*) FROM pointMetric) AS metrics, (SELECT count(*) FROM diagnostic) AS diagnostics`;

/** What was read last. */
interface Read extends Omit<LaboratoryRows, 'listed' | 'isBusy'> {
  readonly experiments: readonly Experiment[] | undefined;
}

const NOTHING: Read = {
  experiments: undefined,
  experiment: undefined,
  points: [],
  notices: [],
  computeCapabilities: new Map(),
};

/** Asks when rows came, and again and again while something is measured. */
export function useLaboratory(): LaboratoryRows {
  const { laboratory } = useActions();
  const session = useSession();
  const chosen = useStore(session.laboratory, (state) => state.chosen);
  const [rows, setRows] = useState<Read>(NOTHING);
  const targets = useFacts((facts) => facts.targets);
  const isLive = useFacts(({ description, status }) => description.kind === 'live' && status?.state !== 'ended');
  const listed = rows.experiments?.map((experiment) => {
    const target = targets.find((each) => each.experiment === experiment.experiment);
    return { experiment, phase: phaseOf(experiment, !isLive || target?.exited !== undefined) };
  });
  const isMeasuring = listed?.some(({ phase }) => phase === 'running') ?? false;
  const isLaunched = targets.some((target) => target.experiment !== undefined && !target.exited);
  const isBusy = isLive && (isMeasuring || isLaunched);
  const [askSoon] = useState(() => latestOnly(ASK_MS));
  const seen = useRef('');
  useEffect(() => {
    let isCurrent = true;
    const read = async () => {
      const counts = JSON.stringify([chosen, (await laboratory.query(session, COUNTS_SQL)).rows]);
      if (counts === seen.current || !isCurrent) return;
      const experiments = experimentsOf(await laboratory.query(session, EXPERIMENTS_SQL));
      const shown = chosen === undefined ? experiments[0] : experiments.find((each) => each.experiment === chosen);
      const points = shown ? await laboratory.points(session, shown.experiment) : [];
      const notices = shown ? noticesOf(await laboratory.query(session, noticesSql(shown.experiment))) : [];
      const devices = computeCapabilities(await laboratory.query(session, DEVICES_SQL));
      if (!isCurrent) return;
      seen.current = counts;
      setRows({ experiments, experiment: shown, points, notices, computeCapabilities: devices });
    };
    const ask = () =>
      askSoon(async () => {
        try {
          await read();
        } catch (error) {
          const failure = failureOf(error, 'It is asked again when there are more rows.');
          if (isCurrent) setRows((before) => ({ ...before, failure }));
        }
      });
    ask();
    const removers = [
      session.choices.subscribe((next, before) => next.revision !== before.revision && ask()),
      session.facts.subscribe((next, before) => next !== before && ask()),
    ];
    const timer = isBusy ? setInterval(ask, POLL_MS) : undefined;
    return () => {
      isCurrent = false;
      clearInterval(timer);
      for (const remove of removers) remove();
    };
  }, [laboratory, session, chosen, isBusy, askSoon]);
  return { ...rows, listed, isBusy };
}
