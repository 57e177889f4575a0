// The graph of one engine's layers. Its layout is asked of a worker once; colours, search and choices change only what is drawn.

import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../../../shared/units/format';
import { seriesColor } from '../../../charts/chart-colors';
import { HEAT_COLOR } from '../../../charts/layer-graph-canvas';
import {
  type Edge,
  edgesOfColumn,
  type GraphNode,
  graphShape,
  type LayerGraph,
  layerGraphOf,
  searchNodes,
} from '../../../model/scheduler/graph/layer-graph';
import type { GraphLayout } from '../../../model/scheduler/graph/layout';
import type { EngineColumn } from '../../../model/scheduler/layers';
import type { LayOut } from '../../../state/graph-layouts';
import { Button } from '../../../widgets/button';
import { EmptyState } from '../../../widgets/empty-state';
import { failureOf, Notice } from '../../../widgets/notice';
import { Progress } from '../../../widgets/progress';
import { Segmented } from '../../../widgets/segmented';
import { TextField } from '../../../widgets/text-field';
import { SelectField } from '../../laboratory/form-fields';
import { nsWords, shareWords } from '../words';
import { GraphDetails } from './graph-details';
import { GRAPH_KEY_WORDS } from './graph-keys';
import { GraphSurface } from './graph-surface';

interface GraphViewProps {
  readonly model: string;
  readonly columns: readonly EngineColumn[];
  readonly edges: readonly Edge[];
  readonly layOut: LayOut;
  readonly onSavePng: (title: string, url: string) => void;
}

const COLOURINGS = [
  { id: 'time', title: 'Time', hint: 'The warmer and the higher, the more of the time a layer takes' },
  { id: 'type', title: 'Type', hint: 'A colour for each kind of layer' },
] as const;
type Colouring = (typeof COLOURINGS)[number]['id'];

/** Types that have a colour of their own: the ones with the most time. */
const TYPES_MAX = 8;

export function GraphView({ model, columns, edges, layOut, onSavePng }: GraphViewProps) {
  const [chosen, setChosen] = useState<string>();
  const withEdges = useMemo(() => columns.filter((each) => edgesOfColumn(edges, each).length > 0), [columns, edges]);
  const column = withEdges.find(({ id }) => id === chosen) ?? withEdges[0];
  const graph = useMemo(() => column && layerGraphOf(column, edges), [column, edges]);
  if (!column || !graph) {
    return (
      <EmptyState title={`No engine of ${model} told how its layers hang together`}>
        Run the workload again with this version: ONNX Runtime, our kernels and TensorRT tell it when they have loaded a
        model. Recordings of before have layers without links.
      </EmptyState>
    );
  }
  return (
    <Graph
      key={column.id}
      {...{ column, graph, layOut, onSavePng }}
      options={withEdges.map(({ id, title }) => ({ id, title }))}
      onColumn={setChosen}
    />
  );
}

interface GraphProps {
  readonly column: EngineColumn;
  readonly graph: LayerGraph;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly onColumn: (id: string) => void;
  readonly layOut: LayOut;
  readonly onSavePng: (title: string, url: string) => void;
}

const figuresOf = ({ layer, shareRatio }: GraphNode) =>
  layer ? `${nsWords(layer.averageNs)} · ${shareWords(shareRatio)}` : '';
const nodeWords = (node: GraphNode) => [node.type, figuresOf(node)].filter((words) => words !== '').join(' · ');

function Graph({ column, graph, options, onColumn, layOut, onSavePng }: GraphProps) {
  const { layout, failure } = useLayout(graph, layOut);
  const [selected, setSelected] = useState<number>();
  const [hovered, setHovered] = useState<number>();
  const [colouring, setColouring] = useState<Colouring>('time');
  const field = useRef<HTMLInputElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const types = useMemo(() => typesOf(graph), [graph]);
  const typePlaces = useMemo(() => new Map(types.map(({ type }, place) => [type, place])), [types]);
  const search = useSearch(graph, selected, setSelected);
  const shown = hovered ?? selected;
  const savePng = () =>
    canvas.current && onSavePng(`Layers of ${column.layers[0].model}`, canvas.current.toDataURL('image/png'));
  return (
    <div className="scheduler-graph">
      <div className="laboratory-row">
        <SelectField
          label="Engine"
          options={options}
          value={column.id}
          onChange={onColumn}
          testId="scheduler-graph-engine"
        />
        <Segmented label="Colour of the layers" options={COLOURINGS} value={colouring} onChange={setColouring} />
        <SearchField {...search} field={field} />
        <Button kind="plain" title="Save what is seen of the graph as a PNG picture" onClick={savePng}>
          PNG
        </Button>
      </div>
      {failure && <Notice severity="error" {...failure} />}
      <Legend colouring={colouring} types={types} graph={graph} />
      <div className="scheduler-graph-columns">
        {layout ? (
          <GraphSurface
            {...{ graph, layout, selected, canvas }}
            onSelect={setSelected}
            onHover={setHovered}
            onSearch={() => field.current?.focus()}
            looks={{
              found: search.found,
              typePlaces: colouring === 'type' ? typePlaces : undefined,
              figures: figuresOf,
            }}
          />
        ) : (
          !failure && <Progress label="Laying out the layers" />
        )}
        {selected !== undefined && <GraphDetails graph={graph} selected={selected} onSelect={setSelected} />}
      </div>
      <p className="laboratory-hint scheduler-graph-hint" aria-live="polite" data-testid="scheduler-graph-words">
        {shown === undefined ? GRAPH_KEY_WORDS : `${graph.nodes[shown].name}: ${nodeWords(graph.nodes[shown])}`}
      </p>
    </div>
  );
}

/** Words, what they find, and Enter that goes from one to the next. `found` is undefined while nothing is searched. */
function useSearch(graph: LayerGraph, selected: number | undefined, onSelect: (node: number) => void) {
  const [words, setWords] = useState('');
  const places = useMemo(() => searchNodes(graph, words), [graph, words]);
  const found = useMemo(() => (words.trim() === '' ? undefined : new Set(places)), [places, words]);
  const at = selected === undefined ? -1 : places.indexOf(selected);
  const step = (by: 1 | -1) => {
    if (places.length === 0) return;
    const next = at < 0 ? (by > 0 ? 0 : places.length - 1) : (at + by + places.length) % places.length;
    onSelect(places[next]);
  };
  return { words, setWords, found, at, step };
}

interface SearchFieldProps extends ReturnType<typeof useSearch> {
  readonly field: RefObject<HTMLInputElement | null>;
}

function SearchField({ words, setWords, found, at, step, field }: SearchFieldProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <>
      <TextField
        label="Search layers by name or type"
        isLabelHidden
        placeholder="Search layers"
        value={words}
        ref={field}
        onChange={setWords}
        onKeyDown={onKeyDown}
        data-testid="scheduler-graph-search"
      />
      {found && (
        <span className="laboratory-hint scheduler-found" role="status">
          {found.size === 0 ? 'none' : `${at < 0 ? '' : `${at + 1} of `}${formatCount(found.size)}; Enter goes on`}
        </span>
      )}
    </>
  );
}

/** The layout of a graph; undefined until the worker has answered. */
function useLayout(graph: LayerGraph, layOut: LayOut) {
  const [answer, setAnswer] = useState<{
    graph?: LayerGraph;
    layout?: GraphLayout;
    failure?: ReturnType<typeof failureOf>;
  }>({});
  useEffect(() => {
    let isCurrent = true;
    layOut(graphShape(graph)).then(
      (layout) => isCurrent && setAnswer({ graph, layout }),
      (error: unknown) =>
        isCurrent && setAnswer({ graph, failure: failureOf(error, 'Choose another engine and this one again.') }),
    );
    return () => {
      isCurrent = false;
    };
  }, [graph, layOut]);
  // The layout of another graph has other nodes.
  return answer.graph === graph ? answer : { layout: undefined, failure: undefined };
}

interface TypeShare {
  readonly type: string;
  readonly layerCount: number;
  readonly shareRatio: number;
}

function typesOf({ nodes }: LayerGraph): TypeShare[] {
  const types = new Map<string, { layerCount: number; shareRatio: number }>();
  for (const { kind, type, shareRatio } of nodes) {
    if (kind !== 'layer') continue;
    const own = types.get(type) ?? { layerCount: 0, shareRatio: 0 };
    types.set(type, { layerCount: own.layerCount + 1, shareRatio: own.shareRatio + (shareRatio || 0) });
  }
  return [...types]
    .map(([type, own]) => ({ type, ...own }))
    .sort((left, right) => right.shareRatio - left.shareRatio || right.layerCount - left.layerCount)
    .slice(0, TYPES_MAX);
}

function Legend({
  colouring,
  types,
  graph,
}: {
  readonly colouring: Colouring;
  readonly types: readonly TypeShare[];
  readonly graph: LayerGraph;
}) {
  if (colouring === 'type') {
    return (
      <ul className="scheduler-legend" aria-label="Types of layers">
        {types.map(({ type, layerCount, shareRatio }, place) => (
          <li key={type}>
            <span className="scheduler-swatch" style={{ background: seriesColor(place) }} />
            {type}{' '}
            <span className="muted">
              × {formatCount(layerCount)}, {shareWords(shareRatio)}
            </span>
          </li>
        ))}
      </ul>
    );
  }
  const dearest = graph.nodes.reduce((most, { shareRatio }) => Math.max(most, shareRatio || 0), 0);
  return (
    <div className="scheduler-legend scheduler-heat">
      <span>Share of the time: 0 %</span>
      <span
        className="scheduler-heat-bar"
        style={{ background: `linear-gradient(to right, var(--bg-raised), ${HEAT_COLOR})` }}
      />
      <span>{shareWords(dearest)}</span>
      <span className="muted">
        {formatCount(graph.nodes.filter(({ kind }) => kind === 'layer').length)} layers,{' '}
        {formatCount(graph.links.length)} values
      </span>
    </div>
  );
}
