import { useStore } from 'zustand';
import { useActions, useSession } from '../../context';
import { durationsOf, kernelDurationsSql } from './kernel-durations';
import { TablesPanel } from './tables-panel';
import { zoomToName } from './zoom-to-name';

/** The tables of the session in the dock. */
export function TablesDock() {
  const actions = useActions();
  const { key, choices, facts, worker } = useSession();
  const revision = useStore(choices, (state) => state.revision);
  const { kind, path } = useStore(facts, ({ description }) => description);
  const saveCsv = async (name: string, text: string) => {
    const to = await actions.bridge.chooseFileToSave(name, [{ name: 'CSV', extensions: ['csv'] }]);
    if (to !== undefined) await actions.bridge.writeText(to, text);
  };
  return (
    <TablesPanel
      ask={(name, range) => actions.request('session/report', { session: key, name, ...range })}
      askDurations={async (name, range, launch) =>
        durationsOf(
          await actions.request('session/query', { session: key, sql: kernelDurationsSql({ name, launch }, range) }),
        )
      }
      store={choices}
      revision={revision}
      isLive={kind === 'live'}
      onZoomTo={(name) => zoomToName(worker, choices, name).catch((error) => actions.tell(error))}
      onSaveCsv={(name, text) => saveCsv(name, text).catch((error) => actions.tell(error))}
      commandFor={(report) => `hookanalyzer stats ${path ?? 'FILE.hka'} --report ${report}`}
    />
  );
}
