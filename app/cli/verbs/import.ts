import { basename } from 'node:path';
import { formatCount } from '../../../shared/units/format';
import { importTrtexec, TRTEXEC_MEANING } from '../../host/convert/import-trtexec';
import { usage, type Verb } from '../command';
import { oneNumber } from '../experiment-values';

const FILES_MAX = 64;
const BATCH_MAX = 65_536;

/** `hookanalyzer import`: what another tool measured, as a session file. */
export const importVerb: Verb = {
  name: 'import',
  summary:
    'Make a session file of what TensorRT’s trtexec exported: layer times, layers of the engine, times of the runs.',
  usage: 'FILE.json … [-o OUT.hka] [options]',
  wordCount: [1, FILES_MAX],
  examples: [
    'hookanalyzer import profile.json layers.json times.json -o engine.hka',
    'hookanalyzer import fp16-profile.json fp16-layers.json int8-profile.json int8-layers.json --model yolov8n',
  ],
  notes: () =>
    `The files are those of trtexec --exportProfile, --exportLayerInfo and --exportTimes; which is which is seen from what is in them.
Files of one engine follow one another and are joined by layer name; a second file of a kind begins the next engine.
${TRTEXEC_MEANING}`,
  options: {
    output: { type: 'string', short: 'o', value: 'OUT.hka', help: 'where to write (default: the first file’s name)' },
    model: { type: 'string', value: 'NAME', help: 'one name for all engines, so that their precisions are compared' },
    precision: { type: 'string', value: 'fp16', help: 'of the engine, where the files do not tell' },
    batch: { type: 'string', value: 'N', help: 'items in a batch, where the files do not tell' },
    force: { type: 'boolean', short: 'f', help: 'replace the file if it exists' },
  },
  run: async (parsed, terminal) => {
    const paths = parsed.words;
    const output = parsed.text('output') ?? `${basename(paths[0]).replace(/\.json$/i, '')}.hka`;
    const batchSize = oneNumber(parsed, 'batch');
    if (batchSize !== undefined && (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > BATCH_MAX)) {
      throw usage(`--batch takes a whole number from 1 to ${BATCH_MAX}.`);
    }
    const [model, precision] = [parsed.text('model'), parsed.text('precision')];
    const made = await importTrtexec(paths, output, {
      overwrite: parsed.flag('force'),
      ...(model === undefined ? {} : { model }),
      ...(precision === undefined ? {} : { precision }),
      ...(batchSize === undefined ? {} : { batchSize }),
    });
    const { engines, layerCount, edgeCount, runCount, warnings } = made;
    const counts = [
      `${formatCount(engines.length)} ${engines.length === 1 ? 'engine' : 'engines'}`,
      `${formatCount(layerCount)} layers`,
      `${formatCount(edgeCount)} values between them`,
      `${formatCount(runCount)} runs`,
    ];
    terminal.err(`hookanalyzer: wrote ${output}: ${counts.join(', ')}\n`);
    for (const { sentence, remedy } of warnings) terminal.err(`hookanalyzer: ${sentence} ${remedy}\n`);
    return 0;
  },
};
