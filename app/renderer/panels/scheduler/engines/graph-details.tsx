// What is known of the chosen layer. Values that it reads and gives lead on to the layers at their other end.

import { formatBytes, formatCount } from '../../../../../shared/units/format';
import type { GraphLink, LayerGraph } from '../../../model/scheduler/graph/layer-graph';
import { Button } from '../../../widgets/button';
import { nsWords, shareWords } from '../words';

interface GraphDetailsProps {
  readonly graph: LayerGraph;
  readonly selected: number;
  readonly onSelect: (node: number | undefined) => void;
}

/** A layer of hundreds of readers names these, and says how many it leaves out. */
const VALUES_MAX = 40;

export function GraphDetails({ graph, selected, onSelect }: GraphDetailsProps) {
  const node = graph.nodes[selected];
  const { layer } = node;
  const placed = graph.links.map((link, place) => ({ ...link, place }));
  const dearerCount = graph.nodes.filter(({ shareRatio }) => shareRatio > node.shareRatio).length;
  return (
    <aside className="scheduler-graph-details" aria-label="The chosen layer" data-testid="scheduler-graph-details">
      <header className="laboratory-row">
        <h3>{node.name}</h3>
        <Button kind="plain" onClick={() => onSelect(undefined)} aria-label="Close the details of the layer">
          ×
        </Button>
      </header>
      <dl>
        <Fact name="Type" value={node.kind === 'layer' ? node.type : `${node.kind} of the network`} />
        {layer ? (
          <>
            <Fact name="Time, mean" value={nsWords(layer.averageNs)} />
            <Fact name="Time, median" value={nsWords(layer.medianNs)} />
            <Fact name="Share of the time" value={shareWords(node.shareRatio)} />
            <Fact
              name="Place by time"
              value={`${formatCount(dearerCount + 1)}. of ${formatCount(graph.nodes.filter((each) => each.layer).length)}`}
            />
            <Fact name="Index" value={formatCount(layer.index)} />
            <Fact name="Runs" value={formatCount(layer.runCount)} />
          </>
        ) : (
          node.kind === 'layer' && <Fact name="Time" value="not told by the engine" />
        )}
      </dl>
      <Values
        title="Reads"
        graph={graph}
        links={placed.filter(({ to }) => to === selected)}
        end="from"
        onSelect={onSelect}
      />
      <Values
        title="Gives"
        graph={graph}
        links={placed.filter(({ from }) => from === selected)}
        end="to"
        onSelect={onSelect}
      />
    </aside>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface PlacedLink extends GraphLink {
  /** In the list of links. */
  readonly place: number;
}

interface ValuesProps {
  readonly title: string;
  readonly graph: LayerGraph;
  readonly links: readonly PlacedLink[];
  readonly end: 'from' | 'to';
  readonly onSelect: (node: number) => void;
}

function Values({ title, graph, links, end, onSelect }: ValuesProps) {
  if (links.length === 0) return undefined;
  return (
    <section>
      <h4>{title}</h4>
      <ul>
        {links.slice(0, VALUES_MAX).map((link) => (
          <li key={link.place}>
            <button type="button" title={link.tensor} onClick={() => onSelect(link[end])}>
              {graph.nodes[link[end]].name}
            </button>
            <span>
              {link.shape || 'shape unknown'}
              {link.bytes >= 0 && `, ${formatBytes(link.bytes)}`}
            </span>
          </li>
        ))}
      </ul>
      {links.length > VALUES_MAX && <p className="laboratory-hint">{formatCount(links.length - VALUES_MAX)} more.</p>}
    </section>
  );
}
