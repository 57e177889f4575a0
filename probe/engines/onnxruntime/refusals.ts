// ONNX Runtime's words become one sentence and what to do. The patterns are of its messages, versions 1.16 to 1.30.

import { FailureError, failure } from '../../../shared/util/failure';
import { nodeTitle, type OnnxModel } from '../onnx/model';

const UNKNOWN_OPERATOR: readonly RegExp[] = [
  /(?<operator>[\w.]+)\(-?\d+\) is not a registered function\/op/,
  /No Op registered for (?<operator>\w+)/,
  /Could not find an implementation for (?<operator>\w+)\(-?\d+\) node with name '(?<node>[^']*)'/,
];
const RUNNING_NODE = /while running (?<operator>\w+) node\. Name:'(?<node>[^']*)' Status Message: (?<reason>[\s\S]*)/;
const NO_MEMORY = /bad[ _]alloc|failed to allocate|out of memory|std::length_error|cudaErrorMemoryAllocation/i;

/** One line without the place in somebody else's sources. */
function plain(message: string): string {
  const text = message
    .replace(/\s+/g, ' ')
    .replace(/\S*onnxruntime_src\S*\s*/g, '')
    .trim();
  return text.replace(/[.\s]+$/, '').slice(0, 400);
}

function unknownOperator(name: string, message: string, model: OnnxModel | undefined): FailureError | undefined {
  const found = UNKNOWN_OPERATOR.map((pattern) => pattern.exec(message)?.groups).find((groups) => groups !== undefined);
  if (!found) return undefined;
  // A node's operator stands alone in the file; the message may put its domain in front.
  const operator = found.operator.split('.').at(-1) ?? found.operator;
  const node = model?.graph.nodes.find(
    (each) => each.operator === operator && (!found.node || each.name === found.node),
  );
  const title = found.node || (node ? nodeTitle(node) : 'of an unknown name');
  const sentence = `ONNX Runtime does not support the operator ${operator} of the node ${title} in the model ${name}.`;
  return failure('unsupportedOperator', sentence, 'Export the model without that operator.');
}

/** What `error` means for the model `name`. A FailureError stays what it is. */
export function refusalOf(error: unknown, name: string, model?: OnnxModel): FailureError {
  if (error instanceof FailureError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (NO_MEMORY.test(message)) {
    const sentence = `There is not enough memory for the model ${name}.`;
    return failure('outOfMemory', sentence, 'Use a smaller batch or model, or end other programs.');
  }
  const unknown = unknownOperator(name, message, model);
  if (unknown) return unknown;
  const running = RUNNING_NODE.exec(message)?.groups;
  if (running) {
    const sentence = `The node ${running.node} (${running.operator}) of the model ${name} does not fit: ${plain(running.reason)}.`;
    return failure('shapeMismatch', sentence, 'Give sizes that the model was exported for, or export it again.');
  }
  if (/Unsupported model IR version|opset \d+ is under development|Opset \d+/i.test(message)) {
    return failure(
      'modelTooNew',
      `The model ${name} is newer than this ONNX Runtime: ${plain(message)}.`,
      'Export it with an older opset.',
    );
  }
  return failure(
    'modelRefused',
    `ONNX Runtime does not take the model ${name}: ${plain(message)}.`,
    'Check how it was exported.',
  );
}
