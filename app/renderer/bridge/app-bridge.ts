// The bridge of the preload script; undefined in a plain browser, where the page is shown without a host.

import { type AppBridge, HOST_PORT_MESSAGE } from '../../../shared/window/bridge';

export function findAppBridge(): AppBridge | undefined {
  return (window as Window & { hookanalyzer?: AppBridge }).hookanalyzer;
}

/** Asks for the host's port, and calls back with each that comes: the first, and one for every new host. */
export function onHostPort(bridge: AppBridge, take: (port: MessagePort) => void): void {
  window.addEventListener('message', (event) => {
    if (event.source === window && event.data === HOST_PORT_MESSAGE && event.ports.length === 1) take(event.ports[0]);
  });
  bridge.requestHostPort();
}
