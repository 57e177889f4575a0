// Questions of a login. Answers go to the host and nowhere else.

import { type FormEvent, useState } from 'react';
import type { Question } from '../../state/questions';
import { Button } from '../../widgets/button';
import { Dialog } from '../../widgets/dialog';

interface Field {
  readonly label: string;
  readonly isSecret: boolean;
}

/** One form of one or more fields; `answer` gets undefined when the person cancels. */
function FieldsSheet(props: {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly Field[];
  readonly answer: (values: string[] | undefined) => void;
}) {
  const { title, text, fields, answer } = props;
  const [values, setValues] = useState(() => fields.map(() => ''));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    answer(values);
  };
  return (
    <Dialog title={title} onClose={() => answer(undefined)} isFirm testId="question">
      <form onSubmit={onSubmit}>
        {text && <p className="muted">{text}</p>}
        {fields.map(({ label, isSecret }, index) => (
          <label key={label} style={{ display: 'block', marginBottom: 8 }}>
            {label}
            <input
              className="field"
              style={{ display: 'block', width: '100%' }}
              type={isSecret ? 'password' : 'text'}
              autoComplete="off"
              value={values[index]}
              onChange={(event) => setValues(values.map((each, at) => (at === index ? event.target.value : each)))}
            />
          </label>
        ))}
        <div className="buttons">
          <Button onClick={() => answer(undefined)}>Cancel</Button>
          <Button type="submit" kind="primary">
            Log in
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function HostKeySheet({ question }: { readonly question: Extract<Question, { name: 'ask/hostKey' }> }) {
  const { host, keyType, fingerprint, knownHostsPath } = question.params;
  return (
    <Dialog
      title={`Is this ${host}?`}
      isFirm
      testId="question-host-key"
      onClose={() => question.answer({ isTrusted: false })}
    >
      <p>
        This host has not been seen before. Compare the fingerprint with the one the board shows for{' '}
        <code>ssh-keygen -l -f /etc/ssh/ssh_host_{keyType.replace('ssh-', '')}_key.pub</code>.
      </p>
      <dl className="facts">
        <dt>Key</dt>
        <dd>{keyType}</dd>
        <dt>Fingerprint</dt>
        <dd className="mono">{fingerprint}</dd>
        <dt>Kept in</dt>
        <dd className="mono">{knownHostsPath}</dd>
      </dl>
      <div className="buttons">
        <Button onClick={() => question.answer({ isTrusted: false })}>Refuse</Button>
        <Button kind="primary" data-testid="trust-host" onClick={() => question.answer({ isTrusted: true })}>
          Trust this host
        </Button>
      </div>
    </Dialog>
  );
}

function ConfirmSheet({ question }: { readonly question: Extract<Question, { name: 'ask/confirm' }> }) {
  const { title, sentence, yes } = question.params;
  const answer = (isConfirmed: boolean) => question.answer({ isConfirmed });
  return (
    <Dialog title={title} testId="question-confirm" onClose={() => answer(false)}>
      <p>{sentence}</p>
      <div className="buttons">
        <Button onClick={() => answer(false)}>No</Button>
        <Button kind="primary" onClick={() => answer(true)}>
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}

/** The question that waits longest. */
export function QuestionSheet({ question }: { readonly question: Question }) {
  if (question.name === 'ask/hostKey') return <HostKeySheet question={question} />;
  if (question.name === 'ask/confirm') return <ConfirmSheet question={question} />;
  if (question.name === 'ask/password') {
    const { user, host } = question.params;
    return (
      <FieldsSheet
        title={`Password of ${user} on ${host}`}
        text=""
        fields={[{ label: 'Password', isSecret: true }]}
        answer={(values) => question.answer({ password: values?.[0] })}
      />
    );
  }
  if (question.name === 'ask/passphrase') {
    return (
      <FieldsSheet
        title="Passphrase of a key"
        text={question.params.keyPath}
        fields={[{ label: 'Passphrase', isSecret: true }]}
        answer={(values) => question.answer({ passphrase: values?.[0] })}
      />
    );
  }
  const { user, host, name, instructions, prompts } = question.params;
  return (
    <FieldsSheet
      title={name || `${user} on ${host}`}
      text={instructions}
      fields={prompts.map(({ prompt, echo }) => ({ label: prompt, isSecret: !echo }))}
      answer={(values) => question.answer({ answers: values })}
    />
  );
}
