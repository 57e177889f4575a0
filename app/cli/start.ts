// The process of the hookanalyzer command. A reader that closes the pipe early, such as `head`, is no error.

import { writeSync } from 'node:fs';
import { runCommand } from './main';

function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') process.exit(0);
      throw error;
    }
  }
}

runCommand(process.argv.slice(2), {
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
  isInteractive: process.stderr.isTTY === true,
  verbose: false,
}).then((code) => process.exit(code));
