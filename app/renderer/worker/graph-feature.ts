// The worker's layout of graphs: it keeps nothing.

import { type GraphLayout, type GraphShape, layOutGraph } from '../model/scheduler/graph/layout';
import { Transferred, type WorkerFeature } from './feature';

export type GraphMethods = {
  readonly 'graph/layout': (shape: GraphShape) => Transferred<GraphLayout>;
};

export const graphFeature: WorkerFeature<GraphMethods> = {
  append: () => {},
  methods: {
    'graph/layout': (shape) => {
      const layout = layOutGraph(shape);
      const { leftPx, topPx, rank, rankStart, rankNodes, wayStart, wayPx } = layout;
      const owned = [leftPx, topPx, rank, rankStart, rankNodes, wayStart, wayPx];
      return new Transferred(
        layout,
        owned.map(({ buffer }) => buffer),
      );
    },
  },
};
