// One installation at a time on a board. A folder is the lock, because making one either works or does not; a shell on the board holds it
// and gives it back when its input ends. What a killed shell left behind names a process that is not there any more. A shell whose laptop
// vanished without a word lives on for hours, so it is sent a beat, and one that gets none counts as dead for who waits.

import { setTimeout as waitMs } from 'node:timers/promises';
import { PROBE_HOME } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import { clauseOf } from './remote-command';
import type { RemoteShell } from './remote-shell';

export interface InstallLock {
  /** Gives the lock back. */
  release(): Promise<void>;
}

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once when somebody else has the lock, with a sentence. */
  readonly onWait: (sentence: string) => void;
  /** A holder without a beat for so long counts as dead. */
  readonly silentMsMax?: number;
}

/** How often the holder is told that somebody still works. */
const BEAT_MS = 2000;
const SILENT_MS_MAX = 30_000;
const ROUND_MS = 200;
/** A network that is gone gives nothing back; the board finds out by itself. */
const RELEASE_MS_MAX = 5000;
const HELD = 'hka-held';
const WAITING = 'hka-waiting';
/** A build on a slow board takes minutes; whoever has it longer is told by the cancel button. */
const LOCK_MS_MAX = 24 * 3600 * 1000;

// The owner file holds: pid, start time of the process in ticks, Unix time in seconds; the beat file a number that grows. Taking over goes
// through a second folder inside, so that of two that saw the same dead owner only one becomes the next. What has no owner, or a second
// folder that stays, wears out after as many rounds.
const keeper = (roundCountMax: number) => `
lock="$HOME/${PROBE_HOME}/install.lock"
start_time() { read -r line 2>/dev/null <"/proc/$1/stat" || return 1; set -- \${line##*) }; [ "$1" = Z ] || printf '%s' "\${20}"; }
owner_now() { cat "$lock/owner" 2>/dev/null; }
is_alive() { [ -n "$2" ] && [ "$(start_time "$1")" = "$2" ]; }
me="$$ $(start_time $$) $(date +%s)"
own() { printf '%s\\n' "$me" >"$lock/owner" && rm -f "$lock/beat"; }
give_back() { [ "$(owner_now)" != "$me" ] || rm -rf "$lock"; exit 0; }
beat=; silent=0; ownerless=0; failed=0
trap give_back HUP INT TERM
until mkdir "$lock" 2>/dev/null; do
  if [ ! -d "$lock" ]; then
    failed=$((failed + 1)); [ $failed -lt 20 ] || { mkdir "$lock"; exit 3; }
    continue
  fi
  owner=$(owner_now)
  seen="$owner $(cat "$lock/beat" 2>/dev/null)"
  if [ "$seen" = "$beat" ]; then silent=$((silent + 1)); else beat=$seen; silent=0; fi
  if is_alive $owner && [ $silent -lt ${roundCountMax} ]; then
    ownerless=0
  elif [ -n "$owner" ] && mkdir "$lock/takeover" 2>/dev/null; then
    if [ "$(owner_now)" = "$owner" ] && own; then rmdir "$lock/takeover"; break; fi
    rmdir "$lock/takeover"
  else
    ownerless=$((ownerless + 1))
    if [ $ownerless -ge ${roundCountMax} ]; then
      rmdir "$lock/takeover" 2>/dev/null; [ -n "$owner" ] || rm -rf "$lock"; ownerless=0
    fi
  fi
  printf '${WAITING} %s\\n' "$owner"
  sleep ${ROUND_MS / 1000} 2>/dev/null || sleep 1
done
[ "$(owner_now)" = "$me" ] || own || { rm -rf "$lock"; exit 3; }
printf '${HELD}\\n'
beats=0
while read -r _; do beats=$((beats + 1)); echo $beats >"$lock/beat"; done
give_back
`;

function waitSentence(line: string): string {
  const [, pid, , sinceSec] = line.split(' ');
  const since = sinceSec ? ` since ${new Date(Number(sinceSec) * 1000).toLocaleTimeString('en-GB')}` : '';
  return `Another installation is under way there${pid ? ` (process ${pid}${since})` : ''}; waiting for it.`;
}

/** Takes the lock, waiting for as long as somebody else has it. Throws FailureError `cancelled`, `linkLost` or `lockFailed`. */
export function takeInstallLock(
  shell: RemoteShell,
  { signal, onWait, silentMsMax = SILENT_MS_MAX }: LockOptions,
): Promise<InstallLock> {
  return new Promise((resolve, reject) => {
    const [giving, waiting] = [new AbortController(), new AbortController()];
    let text = '';
    let hasToldWaiting = false;
    let releaseAll = () => {};
    const released = new Promise<void>((done) => {
      releaseAll = done;
    });
    const onText = (piece: string) => {
      text = (text + piece).slice(-4096);
      const lines = text.split('\n').slice(0, -1);
      const isTold = (line: string) => line.startsWith(`${WAITING} `) && line.length > WAITING.length + 1;
      const waitLine = lines.findLast(isTold);
      if (waitLine && !hasToldWaiting) {
        hasToldWaiting = true;
        onWait(waitSentence(waitLine));
      }
      if (lines.includes(HELD)) {
        signal?.removeEventListener('abort', cancel); // the parts that work under the lock hear it; the lock goes last
        resolve({
          release: () => {
            giving.abort();
            return Promise.race([released, waitMs(RELEASE_MS_MAX, undefined, { ref: false })]);
          },
        });
      }
    };
    const cancel = () => waiting.abort();
    signal?.addEventListener('abort', cancel);
    shell
      .run(keeper(Math.ceil(silentMsMax / ROUND_MS)), {
        signal: waiting.signal,
        input: { until: giving.signal, beatMs: BEAT_MS },
        timeoutMs: LOCK_MS_MAX,
        onText,
      })
      .then(({ stderr }) =>
        reject(
          failure(
            'lockFailed',
            `The installation on ${shell.label} cannot be locked (${clauseOf(stderr) || 'the shell ended'}).`,
            `Check that ~/${PROBE_HOME} there belongs to you and that its disk is not full.`,
          ),
        ),
      )
      .catch(reject)
      .finally(() => {
        signal?.removeEventListener('abort', cancel);
        releaseAll();
      });
  });
}
