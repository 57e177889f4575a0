// How memory is called in the window.

import { enums, enumWord } from '../../../../shared/model/enums';
import { formatCount } from '../../../../shared/units/format';
import type { LedgerPartName } from '../../model/memory/ledger';
import type { SpaceLabel } from '../../worker/memory-methods';

const KIND_WORDS: Readonly<Record<keyof typeof enums.memoryKind, string>> = {
  unknown: 'Unknown',
  pageable: 'Pageable',
  pinned: 'Pinned',
  device: 'Device',
  array: 'Array',
  managed: 'Managed',
  deviceStatic: 'Device static',
  managedStatic: 'Managed static',
};

/** The word for a value of enums.memoryKind. */
export function kindWord(kind: number): string {
  const word = enumWord('memoryKind', kind);
  return Object.hasOwn(KIND_WORDS, word) ? KIND_WORDS[word as keyof typeof KIND_WORDS] : `Kind ${word}`;
}

/** The CSS custom property of a kind's colour (memory.css). */
export const kindColour = (kind: number) => `--memory-kind-${enumWord('memoryKind', kind)}`;

const HEX_DIGITS = 12;

/** 0x7f8a40000000 */
export const hexAddress = (address: number) => `0x${address.toString(16).padStart(HEX_DIGITS, '0')}`;

// The CPU device is labelled CPU wherever it is shown.
const deviceWord = (deviceKind: number | undefined, device: number) =>
  `${deviceKind === enums.deviceKind.cpu ? 'CPU' : 'GPU'} ${device}`;

/** Device · GPU 0 NVIDIA H200 · process 790 */
export function spaceWords({ kind, device, deviceName, deviceKind, source, pid }: SpaceLabel): string {
  const named = [deviceWord(deviceKind, device), deviceName].filter((word) => word !== undefined).join(' ');
  const words = [kindWord(kind), named];
  words.push(pid === undefined ? `source ${source}` : `process ${pid}`);
  return words.join(' · ');
}

/** The same for narrow places: device and process only where there are several. */
export function shortSpaceWords(spaces: readonly SpaceLabel[]): string[] {
  const hasDevices = new Set(spaces.map(({ device }) => device)).size > 1;
  const hasProcesses = new Set(spaces.map(({ source }) => source)).size > 1;
  return spaces.map(({ kind, device, deviceKind, source, pid }) => {
    const words = [kindWord(kind)];
    if (hasDevices) words.push(deviceWord(deviceKind, device));
    if (hasProcesses) words.push(pid === undefined ? `source ${source}` : String(pid));
    return words.join(' · ');
  });
}

export const LEDGER_WORDS: Readonly<Record<LedgerPartName, string>> = {
  cuda: 'CUDA (traced)',
  other: 'Other programs and system',
  cached: 'Page cache',
  free: 'Free',
};

/** A library without its folders. */
export const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** 1 → "1 gap", 1234 → "1,234 gaps" */
export const counted = (count: number, word: string) => `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;

/** 0.256 → "25.6 %" */
export const percent = (ratio: number) => `${(ratio * 100).toFixed(1)} %`;
