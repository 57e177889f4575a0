import { useSessionQuery } from './use-session-query';

const SQL = `SELECT (SELECT coalesce(sum(greatest(count, 1)), 0) FROM loss) + (SELECT coalesce(sum("rowCount"), 0) FROM gap) AS lost`;

/** Records that were lost on the way, by loss and gap rows; undefined while nobody knows. */
export function useLosses(): number | undefined {
  const lost = useSessionQuery(SQL, 1000)?.rows[0]?.[0];
  return lost === undefined ? undefined : Number(lost);
}
