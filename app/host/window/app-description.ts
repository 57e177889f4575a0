// What the start page offers: hosts, files, commands, and what works on this machine.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import SSHConfig from 'ssh-config';
import type { AppDescription } from '../../../shared/window/methods';
import { findInstallation } from '../installation';
import { loadSshConfigText } from '../link/ssh-config-text';
import { defaultSshPlaces } from '../link/ssh-settings';
import { demoLaunch, localRunner } from '../runner-launch';
import type { History } from './history';

/** Names of `Host` lines without wildcards, in the order of ~/.ssh/config. None when it cannot be read. */
function configuredHosts(): string[] {
  const { configPath, homeDir } = defaultSshPlaces();
  try {
    const config = SSHConfig.parse(loadSshConfigText(configPath, homeDir));
    return config.flatMap((line) => {
      if (!('param' in line) || line.param.toLowerCase() !== 'host') return [];
      const words = Array.isArray(line.value) ? line.value.map(({ val }) => val) : String(line.value).split(/\s+/);
      return words.filter((word) => word !== '' && !/[*?!]/.test(word));
    });
  } catch {
    return [];
  }
}

/** Recordings that nobody saved, the newest first. */
function leftRecordings(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.hka'));
    return names
      .sort()
      .reverse()
      .map((name) => join(folder, name));
  } catch {
    return []; // there was none yet
  }
}

/** `openPaths` are recordings that go on now. */
export function describeApp(
  history: History,
  version: string,
  recordings = '',
  openPaths: readonly string[] = [],
): AppDescription {
  const installation = findInstallation();
  const isReady = installation.collectorPath !== undefined;
  const samplePath = join(installation.root, 'samples', 'pytorch-resnet18.hka');
  const configured = configuredHosts();
  const runner = localRunner(installation);
  const remembered = history.targets.filter((target) => !configured.includes(target));
  return {
    version,
    localCapture: {
      isReady,
      sentence: isReady
        ? 'CUDA programs on this machine are captured.'
        : 'The native parts are not built, so CUDA programs run but are not captured: npm run build:native.',
    },
    hosts: [
      ...remembered.map((target) => ({ name: target, target, source: 'history' as const })),
      ...configured.map((name) => ({ name, target: name, source: 'sshConfig' as const })),
    ],
    recentFiles: [...new Set([...history.files, ...leftRecordings(recordings)])]
      .filter((path) => !openPaths.includes(path))
      .map((path) => ({
        path,
        exists: existsSync(path),
        isRecording: recordings !== '' && path.startsWith(recordings),
      }))
      .filter(({ exists, isRecording }) => exists || !isRecording),
    commands: [...history.commands],
    samplePath: existsSync(samplePath) ? samplePath : undefined,
    demo: runner && demoLaunch(runner),
  };
}
