// Numbers that look alike and must not be mixed. The brand is erased at run time; columns and hot loops use plain numbers
// whose unit is the column's name (STYLE: brands live on signatures).

declare const brand: unique symbol;
type Unit<Name extends string> = number & { readonly [brand]: Name };

/** Nanoseconds since the session's epoch on the board's CLOCK_MONOTONIC. A float64 counts them exactly for 2^53 ns, 104 days. */
export type SessionNs = Unit<'SessionNs'>;

/** A length of time in nanoseconds; -1 where the source could not measure it. */
export type DurationNs = Unit<'DurationNs'>;

/** A count of bytes. Exact up to 2^53. */
export type Bytes = Unit<'Bytes'>;

/** A packet's place in its session: 1, 2, 3 and so on without holes. Exact up to 2^53. */
export type Sequence = Unit<'Sequence'>;

/** Which process or sensor wrote a packet. 0 is the probe itself. */
export type SourceId = Unit<'SourceId'>;

export const NS_PER_US = 1e3;
export const NS_PER_MS = 1e6;
export const NS_PER_SEC = 1e9;
export const KIB = 1024;
export const MIB = 1024 * 1024;
export const GIB = 1024 * 1024 * 1024;

/** Session time of a raw CLOCK_MONOTONIC reading, both in nanoseconds as integers, so that no bit is lost before the difference. */
export function sessionFromMonotonic(monotonicNs: bigint, epochNs: bigint): SessionNs {
  return Number(monotonicNs - epochNs) as SessionNs;
}
