import { useEffect, useState } from 'react';
import type { ResourceTable } from '../../../../shared/occupancy/resources';
import { useActions } from '../../context';
import { parseResourceText } from '../../model/laboratory/prediction';
import { failureOf } from '../../widgets/notice';

export interface ResourcesAnswer {
  readonly resources: ResourceTable | undefined;
  readonly failure: { readonly sentence: string; readonly remedy: string } | undefined;
}

const REMEDY = 'Make the table anew with: npm run kernels:resources';

/** What our kernels need on an Orin; asked for once. */
export function useResources(): ResourcesAnswer {
  const actions = useActions();
  const [answer, setAnswer] = useState<ResourcesAnswer>({ resources: undefined, failure: undefined });
  useEffect(() => {
    let isCurrent = true;
    actions.request('app/kernel-resources', { computeCapability: '8.7' }).then(
      ({ json }) => {
        if (!isCurrent) return;
        const table = parseResourceText(json);
        setAnswer(
          table.ok
            ? { resources: table.value, failure: undefined }
            : { resources: undefined, failure: { sentence: table.error, remedy: REMEDY } },
        );
      },
      (error) => isCurrent && setAnswer({ resources: undefined, failure: failureOf(error, REMEDY) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [actions]);
  return answer;
}
