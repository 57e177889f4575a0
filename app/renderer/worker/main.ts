// The worker of one session's window.

import { serveFeatures, type WorkerScope } from './serve';
import { createTimelineFeature } from './timeline-feature';

serveFeatures(self as unknown as WorkerScope, [createTimelineFeature()]);
