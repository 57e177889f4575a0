// Whose batch the selected row was launched for; a click opens the life of a request in it.

import { dockCommands } from '../../commands/commands';
import { useSession } from '../../context';
import { batchLinkOf, batchLinkSql } from '../../model/scheduler/batch-link';
import type { RequestRef } from '../../model/scheduler/misses';
import type { RowRef } from '../../state/session-store';
import { Button } from '../../widgets/button';
import { useTable } from './use-table';

const LINKED = new Set<RowRef['table']>(['kernel', 'memcpy', 'memset', 'api']);

export function BatchLinkView({ row }: { readonly row: RowRef }) {
  const { scheduler } = useSession();
  const link = batchLinkOf(useTable(LINKED.has(row.table) && row.correlation > 0 ? batchLinkSql(row) : undefined));
  if (link === undefined) return undefined;
  if (typeof link === 'string') return <p className="muted">{link}</p>;
  const open = (picked: RequestRef) => {
    scheduler.setState({ picked });
    dockCommands.showPanel?.('scheduler');
  };
  const { batch, model, version, requestCount, requests } = link;
  return (
    <section aria-label="Batch" data-testid="details-batch">
      <h3>
        Batch {batch} of {model} {version}
      </h3>
      <p className="muted">
        {requestCount === 1 ? 'One request' : `${requestCount} requests`}
        {requests.length === 0 ? ', not answered yet' : ''}
        {requests.length > 0 && requests.length < requestCount ? `, the latest ${requests.length}:` : ''}
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6, marginBottom: 10 }}>
        {requests.map((request) => (
          <Button key={request.request} onClick={() => open(request)} title="Show its whole life">
            Request {request.request}
          </Button>
        ))}
      </div>
    </section>
  );
}
