// One chart with its title and a button that saves it as a picture. Knows how charts live, not what they show.

import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { CreateChart, LiveChart } from '../../charts/live-chart';
import { Button } from '../../widgets/button';

interface ChartFigureProps<Content> {
  readonly create: CreateChart<Content>;
  readonly content: Content;
  readonly title: string;
  /** What a person hears who does not see the chart. */
  readonly label: string;
  /** CSS pixels; the chart fills what is there when undefined. */
  readonly heightPx?: number;
  /** Below it, the view scrolls. */
  readonly heightPxMin?: number;
  readonly onPick?: (dataIndex: number) => void;
  /** The chart is in the tab order when keys mean something to it. */
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onSavePng: (title: string, url: string) => void;
  readonly testId: string;
  /** For tests and styles: how many items are drawn. */
  readonly itemCount: number;
}

export function ChartFigure<Content>(props: ChartFigureProps<Content>) {
  const { create, content, title, label, heightPx, heightPxMin, onPick, onKeyDown, onSavePng, testId, itemCount } =
    props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<LiveChart<Content>>(undefined);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    if (!box.current) return;
    const mine = create(box.current, (dataIndex) => pick.current?.(dataIndex));
    chart.current = mine;
    const redraw = () => mine.resize();
    const sizes = new ResizeObserver(redraw);
    sizes.observe(box.current);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      mine.dispose();
    };
  }, [create]);
  useEffect(() => chart.current?.draw(content), [content]);
  const save = () => {
    const url = chart.current?.pngUrl();
    if (url !== undefined) onSavePng(title, url);
  };
  return (
    <figure className="laboratory-figure" data-testid={testId} data-item-count={itemCount}>
      <figcaption>
        <span>{title}</span>
        <Button kind="plain" title={`Save “${title}” as a PNG picture`} onClick={save} data-testid={`${testId}-png`}>
          PNG
        </Button>
      </figcaption>
      <div
        ref={box}
        className="laboratory-chart"
        style={heightPx === undefined ? { minHeight: heightPxMin } : { flex: 'none', height: heightPx }}
        role="img"
        aria-label={label}
        tabIndex={onKeyDown ? 0 : undefined}
        onKeyDown={onKeyDown}
      />
    </figure>
  );
}
