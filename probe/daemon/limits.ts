// Limits of what connects to the socket. Only the user's own processes can (mode 0600), so they guard against faults, not foes.

import { MIB } from '../../shared/units/units';

/** A connection says hello within this time or is closed. */
export const HELLO_MS_MAX = 5000;
export const CONNECTION_COUNT_MAX = { collector: 256, viewer: 32, control: 32 } as const;
/** Connections that have not said hello yet. */
export const SILENT_COUNT_MAX = 64;
/** What a connection gets at the end to take what it was sent, in milliseconds. */
export const CLOSE_MS_MAX = 500;
/** Longest Unix socket path: sun_path holds 108 bytes with the ending zero. */
export const SOCKET_PATH_BYTES_MAX = 107;
/** What a viewer gets in one write; short enough that credit and cuts act soon. */
export const RUN_BYTES_MAX = MIB;
/** Marks of one viewer are at least this far apart, in milliseconds, so that a flood in one lane does not fill the other with marks. */
export const MARK_MS_MIN = 5;
/** Most credit a viewer can hold. */
export const CREDIT_BYTES_MAX = 2 ** 40;
/** Losses are collected for this long before they become rows, in milliseconds. */
export const LOSS_MS = 200;
/** What a target gets to end after a signal before SIGKILL, in milliseconds. */
export const STOP_GRACE_MS = 3000;
/** How long after a target's end its collectors and its output may take to end too, in milliseconds. */
export const DRAIN_MS_MAX = 2000;
/** Ended targets that target/list still names. */
export const ENDED_TARGET_COUNT_MAX = 100;
export const RUNNING_TARGET_COUNT_MAX = 64;
