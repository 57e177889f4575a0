// The fields of each kind of experiment.

import { ALLOCATORS, BLOCK_KERNELS, COPY_MEMORIES, COPY_WAYS } from '../../../../shared/rpc/experiment';
import { Segmented } from '../../widgets/segmented';
import { DraftText, type FormPart, SelectField, SomeOf } from './form-fields';
import { KernelFields } from './kernel-fields';

const LIST_HINT = 'A list such as 64, 128, a doubling range such as 32..1024, or steps such as 64..512:64';

const PRECISIONS = [
  { id: 'fp32', title: 'FP32' },
  { id: 'fp16', title: 'FP16', hint: 'Inputs in half precision, sums in FP32' },
] as const;

const titled = <Id extends string>(ids: readonly Id[], titles: Readonly<Record<Id, string>>) =>
  ids.map((id) => ({ id, title: titles[id] }));

const MEMORY_OPTIONS = titled(COPY_MEMORIES, { pageable: 'pageable', pinned: 'pinned', managed: 'managed' });
const WAY_OPTIONS = titled(COPY_WAYS, {
  hostToDevice: 'host to device',
  deviceToHost: 'device to host',
  deviceToDevice: 'on the device',
});
const ALLOCATOR_OPTIONS = titled(ALLOCATORS, {
  device: 'cudaMalloc',
  pool: 'stream pool',
  pinned: 'pinned',
  managed: 'managed',
});
const BLOCK_KERNEL_OPTIONS = BLOCK_KERNELS.map((id) => ({ id, title: id }));

function GemmFields(part: FormPart) {
  const { draft, change } = part;
  return (
    <>
      <DraftText {...part} name="sizes" label="Sizes" hint={`${LIST_HINT}; 512x256x128 is rows × columns × depth`} />
      <DraftText {...part} name="variants" label="Variants" placeholder="all that the device can run" />
      <Segmented
        label="Precision"
        options={PRECISIONS}
        value={draft.precision}
        onChange={(precision) => change({ precision })}
      />
    </>
  );
}

function BlockSizeFields(part: FormPart) {
  const { draft, change } = part;
  return (
    <>
      <SelectField
        label="Kernel"
        options={BLOCK_KERNEL_OPTIONS}
        value={draft.blockKernel}
        onChange={(blockKernel) => change({ blockKernel })}
      />
      <DraftText {...part} name="blockSizes" label="Threads a block" hint={LIST_HINT} />
      <DraftText {...part} name="elementCount" label="Elements" hint="4M is 4 × 1024 × 1024" />
    </>
  );
}

function StreamFields(part: FormPart) {
  return (
    <>
      <DraftText {...part} name="streamCounts" label="Streams" hint={LIST_HINT} />
      <DraftText {...part} name="side" label="Side of the matrices" />
      <DraftText {...part} name="launchesPerStream" label="Launches a stream" />
    </>
  );
}

function CopyFields(part: FormPart) {
  const { draft, errors, change } = part;
  return (
    <>
      <DraftText {...part} name="bytes" label="Bytes" hint={`${LIST_HINT}; 4K and 64M count in 1024s`} />
      <SomeOf
        label="Memory"
        options={MEMORY_OPTIONS}
        chosen={draft.memories}
        error={errors.memories}
        onChange={(memories) => change({ memories })}
      />
      <SomeOf
        label="Direction"
        options={WAY_OPTIONS}
        chosen={draft.ways}
        error={errors.ways}
        onChange={(ways) => change({ ways })}
      />
    </>
  );
}

function AllocationFields(part: FormPart) {
  const { draft, errors, change } = part;
  return (
    <>
      <DraftText {...part} name="bytes" label="Bytes" hint={`${LIST_HINT}; 4K and 64M count in 1024s`} />
      <SomeOf
        label="Allocator"
        options={ALLOCATOR_OPTIONS}
        chosen={draft.allocators}
        error={errors.allocators}
        onChange={(allocators) => change({ allocators })}
      />
    </>
  );
}

/** What the kind of the draft asks for. */
export function KindFields({ onOpenSource, ...part }: FormPart & { readonly onOpenSource: () => void }) {
  switch (part.draft.kind) {
    case 'gemm':
      return <GemmFields {...part} />;
    case 'blockSize':
      return <BlockSizeFields {...part} />;
    case 'batch':
      return <DraftText {...part} name="batchSizes" label="Images a launch" hint={LIST_HINT} />;
    case 'streams':
      return <StreamFields {...part} />;
    case 'copy':
      return <CopyFields {...part} />;
    case 'launch':
      return <DraftText {...part} name="launchCounts" label="Launches in the chain" hint={LIST_HINT} />;
    case 'allocation':
      return <AllocationFields {...part} />;
    case 'kernel':
      return <KernelFields {...part} onOpenSource={onOpenSource} />;
  }
}
