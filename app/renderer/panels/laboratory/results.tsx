// One experiment: how far it is, what it compares with, and its points in several views.

import { useId, useMemo } from 'react';
import type { ResourceTable } from '../../../../shared/occupancy/resources';
import type { Baseline } from '../../../../shared/window/methods';
import { comparableBaselines } from '../../model/laboratory/baselines';
import { experimentMessages } from '../../model/laboratory/compile-errors';
import type { Experiment, ExperimentNotice, Point } from '../../model/laboratory/experiments';
import { defaultMeasure, knownMeasures, type MeasureId } from '../../model/laboratory/measures';
import { doneRatio, type Phase, phaseWords } from '../../model/laboratory/phase';
import { deviceWords, experimentTitle } from '../../model/laboratory/words';
import { RESULT_TABS, type ResultTab } from '../../state/laboratory-store';
import { Button } from '../../widgets/button';
import { Notice } from '../../widgets/notice';
import { Progress } from '../../widgets/progress';
import { Segmented } from '../../widgets/segmented';
import { Tabs } from '../../widgets/tabs';
import { BaselineBar } from './baseline-bar';
import { CompileErrors } from './compile-errors';
import { CurvesView } from './curves-view';
import { MapView } from './map-view';
import { OccupancyView } from './occupancy-view';
import { PointDetails } from './point-details';
import { PointsView } from './points-view';
import { PredictionView } from './prediction-view';
import { RooflineView } from './roofline-view';
import type { ResultView } from './views';
import { WhatIfView } from './what-if-view';

/** What they show is about kernels on another device; the figures of a point would be taken for its. */
const TABS_WITHOUT_POINT: ReadonlySet<ResultTab> = new Set(['whatIf', 'prediction']);

export interface ResultsProps {
  readonly experiment: Experiment;
  readonly phase: Phase;
  readonly points: readonly Point[];
  readonly notices: readonly ExperimentNotice[];
  readonly computeCapability: string | undefined;
  readonly resources: ResourceTable | undefined;
  readonly resourceFailure: { readonly sentence: string; readonly remedy: string } | undefined;
  /** All that are kept. */
  readonly baselines: readonly Baseline[];
  readonly baselineIds: readonly string[];
  readonly suggestedName: string;
  readonly tab: ResultTab;
  readonly measureId: MeasureId | undefined;
  readonly pickedIndex: number | undefined;
  readonly onTab: (tab: ResultTab) => void;
  readonly onMeasure: (measure: MeasureId) => void;
  readonly onPick: (index: number | undefined) => void;
  readonly onChooseBaselines: (ids: readonly string[]) => void;
  readonly onPin: (name: string) => void;
  readonly onRemoveBaseline: (id: string) => void;
  readonly onShowOnTimeline: (point: Point) => void;
  readonly onSavePng: (title: string, url: string) => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
  readonly onExport: () => void;
}

export function Results(props: ResultsProps) {
  const { experiment, points, baselines, baselineIds, pickedIndex, tab } = props;
  const panelId = useId();
  const measures = useMemo(() => knownMeasures(points), [points]);
  const measure = measures.find(({ id }) => id === props.measureId) ?? defaultMeasure(experiment.spec?.kind, measures);
  const comparable = useMemo(() => comparableBaselines(baselines, experiment), [baselines, experiment]);
  const compared = useMemo(() => comparable.filter(({ id }) => baselineIds.includes(id)), [comparable, baselineIds]);
  const picked = points.find(({ index }) => index === pickedIndex);
  const { onPick, onSavePng } = props;
  const view = { experiment, points, baselines: compared, measure, pickedIndex, onPick, onSavePng };
  return (
    <section className="laboratory-results" aria-label="Results" data-testid="laboratory-results">
      <Head {...props} />
      <BaselineBar
        baselines={comparable}
        chosenIds={baselineIds}
        onChoose={props.onChooseBaselines}
        suggestedName={props.suggestedName}
        onPin={props.onPin}
        onRemove={props.onRemoveBaseline}
        canPin={points.some(({ failure, role }) => failure === '' && role !== 'ceiling')}
      />
      <div className="laboratory-tabs">
        <Tabs
          label="Views of the experiment"
          tabs={RESULT_TABS}
          activeId={tab}
          onChange={props.onTab}
          panelId={panelId}
        />
        {(tab === 'map' || tab === 'curves') && measures.length > 1 && (
          <Segmented label="Measure" options={measures} value={measure.id} onChange={props.onMeasure} />
        )}
      </div>
      <div className="laboratory-body">
        <div className="laboratory-view-box" role="tabpanel" id={panelId} aria-label={tab}>
          <View {...props} view={view} />
        </div>
        {picked && !TABS_WITHOUT_POINT.has(tab) && (
          <PointDetails
            point={picked}
            device={experiment.device}
            deviceKind={experiment.deviceKind}
            baselines={compared}
            onShowOnTimeline={() => props.onShowOnTimeline(picked)}
            onClose={() => onPick(undefined)}
          />
        )}
      </div>
    </section>
  );
}

function Head({ experiment, phase, points, notices, onExport }: ResultsProps) {
  const { spec, device, deviceKind, sentence, remedy } = experiment;
  const messages = useMemo(
    () => (spec?.kind === 'kernel' ? experimentMessages(sentence, points) : []),
    [spec, sentence, points],
  );
  return (
    <header className="laboratory-head">
      <div className="laboratory-row">
        <h3>{experimentTitle(experiment)}</h3>
        <span
          className="laboratory-device"
          data-kind={device === '' ? undefined : deviceKind}
          data-testid="laboratory-device-words"
        >
          {deviceWords(device, deviceKind)}
        </span>
        <Button onClick={onExport} disabled={points.length === 0} data-testid="laboratory-csv">
          CSV
        </Button>
      </div>
      {phase !== 'failed' && (
        <p className="laboratory-hint" data-testid="laboratory-progress" data-phase={phase} aria-live="polite">
          {phaseWords(experiment, phase)}
        </p>
      )}
      {phase === 'running' && <Progress label={sentence || 'Measuring'} doneRatio={doneRatio(experiment)} />}
      {phase === 'failed' && messages.length === 0 && (
        <Notice severity="error" sentence={phaseWords(experiment, phase)} remedy={remedy} />
      )}
      {phase !== 'failed' && remedy !== '' && <Notice severity="warning" sentence={sentence} remedy={remedy} />}
      {notices.map((notice) => (
        <Notice key={notice.sentence} severity="info" {...notice} />
      ))}
      {spec?.kind === 'kernel' && messages.length > 0 && (
        <CompileErrors fileName={spec.fileName} source={spec.source} messages={messages} />
      )}
    </header>
  );
}

function View({ view, ...props }: ResultsProps & { readonly view: ResultView }) {
  const { points, computeCapability, resources, resourceFailure, onSaveCsv, onShowOnTimeline } = props;
  switch (props.tab) {
    case 'map':
      return <MapView {...view} />;
    case 'curves':
      return <CurvesView {...view} />;
    case 'occupancy':
      return <OccupancyView {...view} />;
    case 'roofline':
      return <RooflineView {...view} />;
    case 'whatIf':
      return <WhatIfView {...view} computeCapability={computeCapability} resources={resources} />;
    case 'prediction':
      return <PredictionView {...view} resources={resources} resourceFailure={resourceFailure} onSaveCsv={onSaveCsv} />;
    case 'points': {
      const show = (index: number) => {
        const point = points.find((each) => each.index === index);
        if (point) onShowOnTimeline(point);
      };
      return <PointsView {...view} onShowOnTimeline={show} onSaveCsv={onSaveCsv} />;
    }
  }
}
