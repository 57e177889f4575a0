// Which session the ring belongs to, in one small file that is overwritten in place: that works on a full disk too. A session
// lives as long as the board is up, because CLOCK_MONOTONIC begins anew with each boot.

import { join } from 'node:path';
import { z } from 'zod';
import { readFully, type SpoolFile, type SpoolFileSystem, writeFully } from './file-system';

const FILE_NAME = 'session.json';
/** The file always has this size, so that overwriting it needs no space. */
const FILE_BYTES = 1024;

const sessionRecord = z.object({
  version: z.literal(1),
  sessionId: z.string().min(1).max(100),
  bootId: z.string().max(100),
  /** CLOCK_MONOTONIC at SessionNs 0, nanoseconds, decimal. */
  epochNs: z.string().regex(/^\d{1,20}$/),
  /** Wall clock at SessionNs 0, milliseconds since 1970. */
  epochUnixMs: z.number(),
  /** Every source and target of the session so far has a smaller number. */
  sourceIdNext: z.number().int().min(1),
  targetIdNext: z.number().int().min(1),
  /** Every packet that a viewer may have got has a smaller sequence, even if it never came to disk. 0: the ring says it. */
  sequenceReserved: z.number().int().min(0),
  /** Sequence numbers that belong to no packet, because the probe died before it was on disk; told to the user already. */
  missingCount: z.number().int().min(0),
});
export type SessionRecord = z.infer<typeof sessionRecord>;

export class SessionFile {
  private constructor(
    private readonly file: SpoolFile,
    /** What the file held; undefined when it is new or cannot be read. */
    readonly found: SessionRecord | undefined,
  ) {}

  static async open(fileSystem: SpoolFileSystem, folder: string): Promise<SessionFile> {
    const file = await fileSystem.open(join(folder, FILE_NAME), 'update');
    const bytes = new Uint8Array(FILE_BYTES);
    const count = await readFully(file, bytes, 0);
    return new SessionFile(file, parseRecord(new TextDecoder().decode(bytes.subarray(0, count))));
  }

  async write(record: SessionRecord): Promise<void> {
    const text = JSON.stringify(record).padEnd(FILE_BYTES - 1, ' ');
    await writeFully(this.file, new TextEncoder().encode(`${text}\n`), 0);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function parseRecord(text: string): SessionRecord | undefined {
  try {
    return sessionRecord.parse(JSON.parse(text));
  } catch {
    return undefined; // a file that is new, torn or of another version: the session begins anew, and says so
  }
}
