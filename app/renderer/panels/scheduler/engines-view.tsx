// The engines of a model: what their layers cost, how these hang together, and how the engines came to be.

import './engines/engines.css';
import { useMemo } from 'react';
import { edgesOf } from '../../model/scheduler/graph/layer-graph';
import { engineColumns, LAYERS_MAX, layersOf } from '../../model/scheduler/layers';
import type { LayOut } from '../../state/graph-layouts';
import { ENGINE_VIEWS, type EngineViewId } from '../../state/scheduler-store';
import { EmptyState } from '../../widgets/empty-state';
import { Segmented } from '../../widgets/segmented';
import { SelectField } from '../laboratory/form-fields';
import { BuildsView } from './engines/builds-view';
import { GraphView } from './engines/graph-view';
import { LayersView } from './engines/layers-view';
import type { SchedulerView } from './views';

interface EnginesViewProps extends Pick<SchedulerView, 'rows' | 'onSavePng'> {
  readonly view: EngineViewId;
  readonly onView: (view: EngineViewId) => void;
  readonly model: string | undefined;
  readonly onModel: (model: string) => void;
  /** What runs may still come to an end. */
  readonly isAlive: boolean;
  readonly layOut: LayOut;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

export function EnginesView(props: EnginesViewProps) {
  const { rows, view, onView, model: chosen, onModel, isAlive, layOut, onSavePng, onSaveCsv } = props;
  const layers = useMemo(() => layersOf(rows.tables.layers), [rows.tables.layers]);
  const edges = useMemo(() => edgesOf(rows.tables.edges), [rows.tables.edges]);
  const models = useMemo(() => [...new Set(layers.map((each) => each.model))], [layers]);
  const model = chosen !== undefined && models.includes(chosen) ? chosen : (models[0] ?? '');
  const columns = useMemo(() => engineColumns(layers, model), [layers, model]);
  return (
    <div className="scheduler-view" data-testid="scheduler-engines" data-view={view}>
      <div className="laboratory-row">
        <Segmented label="Part of the engines' page" options={ENGINE_VIEWS} value={view} onChange={onView} />
        {view !== 'builds' && models.length > 0 && (
          <SelectField
            label="Model"
            options={models.map((id) => ({ id, title: id }))}
            value={model}
            onChange={onModel}
            testId="scheduler-model"
          />
        )}
        {layers.length >= LAYERS_MAX && (
          <span className="laboratory-hint">Only the first {LAYERS_MAX.toLocaleString('en-US')} layers are shown.</span>
        )}
      </div>
      {view === 'builds' ? (
        <BuildsView builds={rows.builds} nowNs={rows.nowNs} isAlive={isAlive} />
      ) : layers.length === 0 ? (
        <EmptyState title="No engine told the times of its layers">
          Run a workload: ONNX Runtime, our kernels and TensorRT measure their layers when they have loaded a model. Or
          open files that trtexec has exported.
        </EmptyState>
      ) : view === 'graph' ? (
        <GraphView key={model} {...{ model, columns, edges, layOut, onSavePng }} />
      ) : (
        <LayersView key={model} {...{ model, columns, onSavePng, onSaveCsv }} />
      )}
    </div>
  );
}
