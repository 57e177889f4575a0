// The worker of one session's window: it holds the session's rows and answers what is asked of them.

import { MemoryFeature } from './memory-feature';
import type { MemoryMethods } from './memory-methods';
import { serveFeatures, type WorkerScope } from './serve';
import { createTimelineFeature, type TimelineMethods } from './timeline-feature';

export type SessionMethods = TimelineMethods & MemoryMethods;

serveFeatures(self as unknown as WorkerScope, [createTimelineFeature(), new MemoryFeature()]);
