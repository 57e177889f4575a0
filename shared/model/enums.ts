// Numbers that stand for a word. Those of CUPTI keep CUPTI's values (cupti_activity.h of CUDA 13.0), so that the collector
// passes them through; a value that is not listed is shown as its number.

export const enums = {
  deviceKind: { cuda: 1, cpu: 2 },
  processEvent: { started: 1, exited: 2 },
  /** CUpti_ActivityMemcpyKind */
  copyDirection: {
    unknown: 0,
    hostToDevice: 1,
    deviceToHost: 2,
    hostToArray: 3,
    arrayToHost: 4,
    arrayToArray: 5,
    arrayToDevice: 6,
    deviceToArray: 7,
    deviceToDevice: 8,
    hostToHost: 9,
    peerToPeer: 10,
  },
  /** CUpti_ActivityMemoryKind */
  memoryKind: {
    unknown: 0,
    pageable: 1,
    pinned: 2,
    device: 3,
    array: 4,
    managed: 5,
    deviceStatic: 6,
    managedStatic: 7,
  },
  /** CUpti_ActivityMemoryOperationType */
  memoryOperation: { allocate: 1, free: 2 },
  /** CUpti_ActivitySynchronizationType */
  syncKind: { unknown: 0, event: 1, streamWaitEvent: 2, stream: 3, context: 4 },
  apiDomain: { driver: 1, runtime: 2 },
  rangeKind: { pushPop: 1, startEnd: 2, mark: 3 },
  severity: { info: 1, warning: 2, error: 3 },
  outputStream: { stdout: 1, stderr: 2 },
  lane: { vital: 1, bulk: 2 },
  experimentEvent: { started: 1, progress: 2, done: 3, failed: 4, cancelled: 5 },
  /** What a point is measured for: itself, to be compared with (cuBLAS), or as what the device can do at most. */
  pointRole: { measured: 1, reference: 2, ceiling: 3 },
  requestOutcome: { completed: 1, reused: 2, rejected: 3, failed: 4 },
  correctness: { unchecked: 0, right: 1, wrong: 2 },
} as const;

export type EnumName = keyof typeof enums;

/** The word for a value, or the value's digits when this version does not know it. */
export function enumWord(name: EnumName, value: number): string {
  for (const [word, number] of Object.entries(enums[name])) if (number === value) return word;
  return String(value);
}

/** nsys's words for the direction of a copy, which every report of the field uses. */
export function copyWords(direction: number): string {
  const words: Record<string, string> = {
    hostToDevice: 'Host-to-Device',
    deviceToHost: 'Device-to-Host',
    deviceToDevice: 'Device-to-Device',
    hostToHost: 'Host-to-Host',
    peerToPeer: 'Peer-to-Peer',
    hostToArray: 'Host-to-Array',
    arrayToHost: 'Array-to-Host',
    arrayToArray: 'Array-to-Array',
    arrayToDevice: 'Array-to-Device',
    deviceToArray: 'Device-to-Array',
  };
  return words[enumWord('copyDirection', direction)] ?? 'Unknown';
}

/** What can be traced, as named by `--trace` and by `kinds=` on the collector's socket. */
export const TRACE_KINDS = ['kernel', 'memcpy', 'memset', 'memory', 'api', 'nvtx', 'sync', 'overhead'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];
/** What `record` traces when nothing is said. */
export const TRACE_KINDS_DEFAULT: readonly TraceKind[] = [
  'kernel',
  'memcpy',
  'memset',
  'memory',
  'api',
  'nvtx',
  'overhead',
];
