// What a loading function says while an engine comes up. Whoever listens turns it into rows; nobody has to.

/** Steps in their order; not every engine has all of them. A step ends where the next one begins. */
export type LoadPhase = 'reading' | 'building' | 'loading';

export type OnLoadPhase = (phase: LoadPhase) => void;
