// Questions of an SSH login, asked on the terminal.

import type { Prompter } from '../host/link/ssh-login';
import { ask } from './terminal';

export const terminalPrompter: Prompter = {
  confirmHostKey: async ({ host, fingerprint }) => {
    const answer = await ask(`The host ${host} is not known. Its key is ${fingerprint}. Go on connecting (yes/no)? `, {
      hidden: false,
    });
    return answer.trim().toLowerCase() === 'yes';
  },
  askPassword: ({ user, host }) => ask(`Password of ${user} on ${host}: `, { hidden: true }),
  askPassphrase: ({ keyPath }) => ask(`Passphrase of ${keyPath}: `, { hidden: true }),
  askKeyboardInteractive: async ({ title, prompts }) => {
    if (title && prompts.length > 0) process.stderr.write(`${title}\n`);
    const answers: string[] = [];
    for (const { text, isShown } of prompts) answers.push(await ask(text, { hidden: !isShown }));
    return answers;
  },
};
