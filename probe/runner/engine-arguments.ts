// The words of `runner engine`.

export const ENGINE_CHOICES = ['kernels', 'onnxruntime'] as const;
export const PRECISION_CHOICES = ['fp32', 'fp16'] as const;

export interface EngineArguments {
  /** A path, or one of model-places.ts; yolo:SIDE is the generated detector of that side. */
  readonly model: string;
  readonly engine: (typeof ENGINE_CHOICES)[number];
  /** In what the kernels compute; ONNX Runtime computes in what the model is stored in. */
  readonly precision: (typeof PRECISION_CHOICES)[number];
  /** Items of each batch. */
  readonly batchSize: number;
  /** Whether the kernels are launched as a graph where the device takes one. */
  readonly isGraph: boolean;
}

export const ENGINE_OPTIONS = {
  model: { type: 'string' },
  engine: { type: 'string' },
  batch: { type: 'string' },
  precision: { type: 'string' },
  'one-by-one': { type: 'boolean' },
} as const;

const YOLO_PLACE = /^yolo:(\d+)$/;

/** The place that a model's word stands for. */
export function placeOfModel(model: string): string {
  const side = YOLO_PLACE.exec(model)?.[1];
  return side === undefined ? model : `generated:yolov8n-shaped?sidePx=${side}&batch=free`;
}
