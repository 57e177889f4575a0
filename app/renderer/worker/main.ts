// The worker of one session.

import type { FeatureMethods } from './feature';
import { serveFeatures, type WorkerScope } from './serve';

export type SessionMethods = FeatureMethods;

serveFeatures(self as unknown as WorkerScope, []);
