// The timeline in the worker: it holds the rows and answers what the window draws, hits, follows and finds.

import { type DrawAnswer, type DrawParams, TimelineDrawing } from '../model/timeline/draw';
import { type Hit, type HitParams, hitTest, neighbourOf } from '../model/timeline/hit';
import { linkedRows, workOfCalls } from '../model/timeline/link';
import { deriveOverview, type OverviewParams } from '../model/timeline/overview';
import type { View } from '../model/timeline/pixel-query';
import { locateRow, type RowKey, type SliceRow } from '../model/timeline/rows';
import { type SearchAnswer, type SearchParams, searchRows } from '../model/timeline/search';
import { TimelineModel } from '../model/timeline/timeline-model';
import type { TrackSummary } from '../model/timeline/tracks';
import { Transferred, type WorkerFeature } from './feature';

export interface TracksAnswer {
  /** From top to bottom. */
  readonly tracks: readonly TrackSummary[];
  readonly extent: View | undefined;
}

/** What the timeline answers. A type and not an interface, so that it is a FeatureMethods. */
export type TimelineMethods = {
  'timeline/tracks': (params: Record<string, never>) => TracksAnswer;
  'timeline/extent': (params: Record<string, never>) => View | undefined;
  'timeline/draw': (params: DrawParams) => Transferred<DrawAnswer>;
  'timeline/overview': (params: OverviewParams) => Transferred<Float32Array<ArrayBuffer>>;
  'timeline/hit': (params: HitParams) => Hit | undefined;
  'timeline/neighbour': (params: { readonly row: RowKey; readonly step: -1 | 1 }) => SliceRow | undefined;
  /** The other ends of a launch. */
  'timeline/link': (params: Pick<SliceRow, 'source' | 'correlation' | 'table'>) => readonly SliceRow[];
  /** What calls started, such as those of one batch. */
  'timeline/work': (params: {
    readonly calls: readonly Pick<SliceRow, 'source' | 'correlation'>[];
  }) => readonly SliceRow[];
  'timeline/search': (params: SearchParams) => SearchAnswer;
  /** A row of a table as the timeline knows it. */
  'timeline/locate': (
    params: Pick<SliceRow, 'table' | 'source' | 'startNs' | 'durationNs' | 'correlation'>,
  ) => SliceRow | undefined;
};

/** The timeline of one session. */
export function createTimelineFeature(): WorkerFeature<TimelineMethods> {
  const model = new TimelineModel();
  const drawing = new TimelineDrawing(model);
  return {
    append: (packet) => model.append(packet),
    methods: {
      'timeline/tracks': () => ({ tracks: model.tracks.summaries(), extent: model.extent }),
      'timeline/extent': () => model.extent,
      'timeline/draw': (params) => {
        const answer = drawing.draw(params);
        return new Transferred(answer, [answer.vertices]);
      },
      'timeline/overview': (params) => {
        const busy = deriveOverview(model, params);
        return new Transferred(busy, [busy.buffer]);
      },
      'timeline/hit': (params) => hitTest(model, params),
      'timeline/neighbour': ({ row, step }) => neighbourOf(model, row, step),
      'timeline/link': (params) => linkedRows(model, params),
      'timeline/work': ({ calls }) => workOfCalls(model, calls),
      'timeline/search': (params) => searchRows(model, params),
      'timeline/locate': (params) => locateRow(model, params),
    },
  };
}
