// Questions of an SSH login, asked on the terminal.

import type { Prompter } from '../host/link/prompter';
import { ask } from './terminal';

export const terminalPrompter: Prompter = {
  confirmHostKey: async ({ host, keyType, fingerprint }) => {
    const question = `The host ${host} is not known. Its ${keyType} key is ${fingerprint}. Go on connecting (yes/no)? `;
    const answer = await ask(question, { hidden: false });
    return answer.trim().toLowerCase() === 'yes';
  },
  askPassword: ({ user, host }) => ask(`Password of ${user} on ${host}: `, { hidden: true }),
  askPassphrase: (keyPath) => ask(`Passphrase of ${keyPath}: `, { hidden: true }),
  askKeyboardInteractive: async ({ name, instructions, prompts }) => {
    const title = [name, instructions].filter((text) => text !== '').join(' ');
    if (title && prompts.length > 0) process.stderr.write(`${title}\n`);
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) answers.push(await ask(prompt, { hidden: !echo }));
    return answers;
  },
};
