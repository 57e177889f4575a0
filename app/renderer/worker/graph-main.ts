// A worker for the layout of graphs alone: a network of thousands of layers takes a second, in which the session's own worker must draw.

import { graphFeature } from './graph-feature';
import { serveFeatures, type WorkerScope } from './serve';

serveFeatures(self as unknown as WorkerScope, [graphFeature]);
