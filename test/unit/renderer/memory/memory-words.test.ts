import { expect, test } from 'vitest';
import { shortSpaceWords, spaceWords } from '../../../../app/renderer/panels/memory/memory-words';
import { enums } from '../../../../shared/model/enums';

const { cuda, cpu } = enums.deviceKind;
const space = (device: number, deviceKind: number | undefined, deviceName?: string) => {
  return { kind: enums.memoryKind.device, device, deviceKind, deviceName, source: 1, pid: 790 };
};

test('the CPU device is labelled CPU', () => {
  expect(spaceWords(space(0, cuda, 'Orin'))).toBe('Device · GPU 0 Orin · process 790');
  expect(spaceWords(space(0, cpu, 'AMD EPYC'))).toBe('Device · CPU 0 AMD EPYC · process 790');
  expect(spaceWords(space(0, undefined))).toBe('Device · GPU 0 · process 790');
  expect(shortSpaceWords([space(0, cuda), space(1, cpu)])).toEqual(['Device · GPU 0', 'Device · CPU 1']);
});
