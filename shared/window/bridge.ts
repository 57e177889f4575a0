// What the preload script gives the page: the only way from the page to Electron. Everything about sessions goes through the host's
// port instead, which comes as a window message of this kind.

export const HOST_PORT_MESSAGE = 'hookanalyzer:host-port';

export interface FileFilter {
  readonly name: string;
  readonly extensions: readonly string[];
}

/** What the menu, the operating system or a second start of the program asks of the window. */
export type AppCommand =
  | { readonly kind: 'open-file'; readonly path: string }
  | { readonly kind: 'connect'; readonly target: string }
  | { readonly kind: 'demo' }
  /** Of the menu or a key, such as `file.save`. */
  | { readonly kind: 'command'; readonly id: string }
  /** The host died and was started again. Its new port comes with HOST_PORT_MESSAGE. */
  | { readonly kind: 'host-restarted'; readonly reason: string };

export interface AppBridge {
  /** Asks for the host's port; it comes to `window` as a message event with HOST_PORT_MESSAGE as its data and the port. */
  requestHostPort(): void;
  /** undefined when the person cancelled. */
  chooseFileToOpen(filters: readonly FileFilter[]): Promise<string | undefined>;
  chooseFileToSave(suggestedName: string, filters: readonly FileFilter[]): Promise<string | undefined>;
  /** Lets the person choose a text file; undefined when they cancelled. Throws with one sentence, for one above `bytesMax` too. */
  openText(
    filters: readonly FileFilter[],
    bytesMax: number,
  ): Promise<{ readonly fileName: string; readonly text: string } | undefined>;
  /** Where a dropped file lies; '' when it lies nowhere. */
  pathOfFile(file: File): string;
  /** Writes a text the page made, such as a table as CSV. Throws with one sentence. */
  writeText(path: string, text: string): Promise<void>;
  /** The same for bytes, such as a picture. */
  writeBytes(path: string, bytes: Uint8Array): Promise<void>;
  copyText(text: string): void;
  /** Tells how many sessions would be lost if the window were closed, and how it is called. */
  setUnsaved(titles: readonly string[]): void;
  /** Called with what was asked before the page listened, too. Returns its remover. */
  onCommand(listener: (command: AppCommand) => void): () => void;
}
