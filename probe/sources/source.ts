// A source reads some sensors of the machine. What is missing, switched off or refused is left out, never an error: boards differ,
// and sensors come and go while they are powered down.

export interface Reading {
  /** Snake case, ending in the unit: gpu_load_ratio. Stable while the probe runs. */
  readonly metric: string;
  readonly value: number;
}

export interface Source {
  /** Takes one reading of everything it knows. Never throws. */
  read(): Promise<Reading[]> | Reading[];
}
