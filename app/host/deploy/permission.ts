// Whether CUPTI works for this user on this board, and the exact command when it does not. On a Jetson with CUDA 12 or older it works for root
// only; with CUDA 13 it needs the GPU's profiling nodes and a driver that is not kept to administrators. Desktop GPUs trace for everybody.

import { PROBE_HOME, PROBE_SOCKET, PROBE_SPOOL } from '../../../shared/rpc/places';
import type { Board, GpuAccess } from './board';
import type { Deployment, Finding } from './progress';
import { quoteWord, quoteWords } from './remote-shell';
import { type Installed, serveWords } from './start-probe';

export const ROOT_SCRIPT = 'serve-as-root.sh';
const ROOT_SPOOL = `${PROBE_HOME}/spool-root`;
/** The first L4T of JetPack 7, which has CUDA 13. */
const L4T_OF_CUDA_13 = 38;

/** The CUDA major that programs there get CUPTI from; undefined when nothing tells. */
export function cudaMajorOf({ cuptiPaths, toolkits, l4tMajor }: GpuAccess): number | undefined {
  const ofLibraries = cuptiPaths.map((path) => Number(/libcupti\.so\.(\d+)(?:\.\d+)*$/.exec(path)?.[1]));
  const majors = [...ofLibraries, ...toolkits.map((version) => Number.parseInt(version, 10))];
  const known = majors.filter((major) => major > 0 && major < 100); // libcupti.so.2024.3.2 names a date
  if (known.length > 0) return Math.max(...known);
  if (l4tMajor === undefined) return undefined;
  return l4tMajor >= L4T_OF_CUDA_13 ? 13 : 12;
}

function cuptiMissing({ cuptiPaths, toolkits }: GpuAccess): Finding[] {
  if (cuptiPaths.length > 0) return [];
  const numbers = (version: string) => version.split('.').map(Number);
  const newest = [...toolkits].sort((left, right) => {
    const [[leftMajor, leftMinor], [rightMajor, rightMinor]] = [numbers(left), numbers(right)];
    return leftMajor - rightMajor || leftMinor - rightMinor;
  });
  const version = newest.at(-1)?.replace('.', '-');
  return [
    {
      code: 'cuptiMissing',
      sentence:
        'CUPTI is not installed on the board: only programs that bring their own, as PyTorch does, are captured.',
      remedy: 'Install it there.',
      command: `sudo apt-get install ${version ? `cuda-cupti-${version}` : 'nvidia-jetpack'}`,
    },
  ];
}

/**
 * What keeps CUPTI from working. `probeUid` is of the probe that runs, `rootCommand` starts one as root. No findings on machines that are
 * no Jetson.
 */
export function deriveCuptiFindings(
  { gpu, user }: Pick<Board, 'gpu' | 'user'>,
  probeUid: number | undefined,
  rootCommand: string,
): Finding[] {
  if (!gpu.isTegra) return [];
  const findings = cuptiMissing(gpu);
  if (probeUid === 0) return findings;
  const major = cudaMajorOf(gpu);
  if (major !== undefined && major < 13) {
    findings.push({
      code: 'cuptiNeedsRoot',
      sentence: `With CUDA ${major} on a Jetson CUPTI works for root only, so CUDA programs run but are not captured.`,
      remedy:
        'Let the probe run as root. Programs that you start from here then run as root too, and the probe that runs now ends.',
      command: rootCommand,
    });
    return findings;
  }
  if (gpu.closedNodes.length > 0) {
    findings.push({
      code: 'profilingNodesClosed',
      sentence: `${user} may not open the GPU's profiling nodes (${gpu.closedNodes.join(', ')}), so CUDA programs are not captured.`,
      remedy: 'Join the groups that they belong to, end the probe, and connect again.',
      command: `sudo usermod -aG video,render ${quoteWord(user)}`,
    });
  }
  if (gpu.isAdminOnly) {
    findings.push({
      code: 'profilingAdminOnly',
      sentence: 'The driver of the board keeps GPU profiling to root, so CUDA programs are not captured.',
      remedy: 'Open it to all users; the board restarts.',
      command:
        "echo 'options nvidia NVreg_RestrictProfilingToAdminUsers=0' | sudo tee /etc/modprobe.d/hookanalyzer.conf && sudo update-initramfs -u && sudo reboot",
    });
  }
  return findings;
}

/** A script that runs the probe as root with a socket that the user may open, so that the SSH login needs no root. */
export function rootScript(board: Pick<Board, 'home'>, installed: Installed): string {
  const [socket, spool] = [`${board.home}/${PROBE_SOCKET}`, `${board.home}/${ROOT_SPOOL}`];
  const command = quoteWords([installed.nodePath, ...serveWords(installed, socket, spool)]);
  return `#!/bin/sh
# Runs the probe as root, because CUPTI of this board works for root only. Its socket belongs to whoever called sudo; the programs that are
# started through it run as root. The probe that this user runs is ended first.
set -eu
[ "$(id -u)" = 0 ] || { echo "Run this with sudo." >&2; exit 1; }
owner=\${SUDO_UID:-0}
umask 077
mkdir -p ${quoteWord(spool)}
pid=$(cut -d' ' -f1 ${quoteWord(`${board.home}/${PROBE_SPOOL}/lock`)} 2>/dev/null || true)
if [ -n "$pid" ] && tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q 'probe\\.js serve'; then
  kill "$pid"
  while grep -q '^State:[[:space:]]*[^Z]' "/proc/$pid/status" 2>/dev/null; do sleep 1; done
fi
log=${quoteWord(`${spool}/probe.log`)}
rm -f "$log"
if command -v setsid >/dev/null 2>&1; then detach=setsid; else detach=nohup; fi
$detach ${command} >"$log" 2>&1 </dev/null &
pid=$!
until grep -q '"ready":true' "$log" 2>/dev/null; do
  kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 1
done
chown "$owner" ${quoteWord(socket)}
echo "The probe runs as root with process id $pid. Connect again. End it with: sudo kill $pid"
`;
}

/** The findings of this board; puts the script that runs the probe as root beside the version when one of them needs it. */
export async function checkPermission(
  { shell, board, signal }: Deployment,
  installed: Installed,
  probeUid: number | undefined,
): Promise<Finding[]> {
  const path = `${installed.folder}/${ROOT_SCRIPT}`;
  const findings = deriveCuptiFindings(board, probeUid, `sudo ${quoteWord(path)}`);
  if (findings.some((finding) => finding.code === 'cuptiNeedsRoot')) {
    const text = quoteWord(rootScript(board, installed));
    await shell.run(`printf '%s' ${text} >${quoteWord(path)} && chmod 755 ${quoteWord(path)}`, { signal });
  }
  return findings;
}
