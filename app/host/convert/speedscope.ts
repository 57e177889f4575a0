// speedscope's file: one evented profile a stream and a thread. Format: speedscope's file-format-spec, "evented" profiles.

import type { Store } from '../session/store';
import { type ExportOptions, writeTextFile } from './output';
import { type Track, Tracks } from './tracks';

const WORK_SQL = `
  SELECT 0::UTINYINT AS host, source, device, context, stream AS row, startNs, durationNs, name, '' AS text FROM kernel
  UNION ALL SELECT 0::UTINYINT, source, device, context, stream, startNs, durationNs, 0::UINTEGER, 'Memcpy' FROM memcpy
  UNION ALL SELECT 0::UTINYINT, source, device, context, stream, startNs, durationNs, 0::UINTEGER, 'Memset' FROM memset
  UNION ALL SELECT 1::UTINYINT, source, 0::UINTEGER, 0::UINTEGER, thread, startNs, durationNs, name, '' FROM api
  UNION ALL SELECT 1::UTINYINT, source, 0::UINTEGER, 0::UINTEGER, thread, startNs, durationNs, name, '' FROM range WHERE kind <> 3
  ORDER BY host, source, device, context, row, startNs, durationNs DESC`;

interface Slice {
  readonly name: number;
  readonly startNs: number;
  readonly endNs: number;
}

class Profiles {
  readonly names: string[] = [];
  private readonly nameIndex = new Map<string, number>();
  readonly slices = new Map<string, { track: Track; lane: number; slices: Slice[] }>();

  nameOf(text: string): number {
    const known = this.nameIndex.get(text);
    if (known !== undefined) return known;
    this.names.push(text);
    this.nameIndex.set(text, this.names.length - 1);
    return this.names.length - 1;
  }

  add(track: Track, slice: Slice): void {
    const lane = track.lanes.laneOf(slice.startNs, slice.endNs);
    const key = `${track.pid}.${track.name}.${lane}`;
    const profile = this.slices.get(key) ?? { track, lane, slices: [] };
    profile.slices.push(slice);
    this.slices.set(key, profile);
  }
}

/** Opens and closes in the order in which they happen; the slices nest. */
function* eventsOf(slices: readonly Slice[]): Iterable<string> {
  const open: Slice[] = [];
  const close = ({ name, endNs }: Slice) => `{"type":"C","at":${endNs},"frame":${name}}`;
  for (const slice of slices) {
    while (open.length > 0 && open[open.length - 1].endNs <= slice.startNs) yield close(open.pop() as Slice);
    yield `{"type":"O","at":${slice.startNs},"frame":${slice.name}}`;
    open.push(slice);
  }
  while (open.length > 0) yield close(open.pop() as Slice);
}

/** Writes the session for speedscope. Throws a FailureError. */
export async function exportSpeedscope(store: Store, path: string, options: ExportOptions = {}): Promise<void> {
  const tracks = await Tracks.load(store);
  const profiles = new Profiles();
  await store.stream(WORK_SQL, (rowCount, columns) => {
    const [host, source, device, context, row, start, duration, name] = columns as readonly ArrayLike<number>[];
    for (let i = 0; i < rowCount; i++) {
      const track =
        host[i] === 1 ? tracks.thread(source[i], row[i]) : tracks.stream(source[i], device[i], context[i], row[i]);
      const text = name[i] === 0 ? String(columns[8][i]) : tracks.text(source[i], name[i]);
      profiles.add(track, {
        name: profiles.nameOf(text),
        startNs: start[i],
        endNs: start[i] + Math.max(0, duration[i]),
      });
    }
  });
  options.onProgress?.(0.5);
  await writeTextFile(path, options, async (output) => {
    const list = [...profiles.slices.values()];
    await output.add(
      '{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"HookAnalyzer","profiles":[',
    );
    for (const [index, { track, lane, slices }] of list.entries()) {
      const process = tracks.processes.get(track.pid)?.name ?? track.pid;
      const name = JSON.stringify(`${process}: ${track.name}${lane > 0 ? ` (${lane + 1})` : ''}`);
      const endNs = slices.reduce((latest, slice) => Math.max(latest, slice.endNs), 0);
      await output.add(
        `${index > 0 ? ',' : ''}\n{"type":"evented","name":${name},"unit":"nanoseconds","startValue":${slices[0].startNs},"endValue":${endNs},"events":[`,
      );
      let separator = '';
      for (const event of eventsOf(slices)) {
        const busy = output.add(separator + event);
        separator = ',';
        if (busy) await busy;
      }
      await output.add(']}');
    }
    await output.add(`],"shared":{"frames":${JSON.stringify(profiles.names.map((name) => ({ name })))}}}\n`);
    options.onProgress?.(1);
  });
}
