// C++ names for people, through the addon's abi::__cxa_demangle. Without the addon names stay as the compiler wrote them.

import { createRequire } from 'node:module';
import { findInstallation } from './installation';

interface DemanglingAddon {
  readonly demangle: (names: readonly string[]) => string[];
}

/** The addon's demangler, or undefined where the native parts were not built. */
export function loadDemangler(): ((name: string) => string) | undefined {
  const { addonPath } = findInstallation();
  if (!addonPath) return undefined;
  const addon = createRequire(addonPath)(addonPath) as DemanglingAddon;
  return (name) => addon.demangle([name])[0];
}
