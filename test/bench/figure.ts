/** What a benchmark comes to: figures with their goals, and how they are written down. */

/** One line of the table. Bytes are counted in decimal MB, the stricter reading of a goal. */
export interface Figure {
  readonly name: string;
  readonly goal: string;
  readonly measured: string;
  /** Undefined: there is no goal, the figure is for reading. */
  readonly isMet: boolean | undefined;
}

const BYTES_PER_MEGABYTE = 1e6;

export function memoryFigure(name: string, bytes: number, goalMegabytes: number): Figure {
  return {
    name,
    goal: `<= ${goalMegabytes} MB`,
    measured: megabytes(bytes),
    // Nothing measured is not a figure.
    isMet: bytes > 0 && bytes <= goalMegabytes * BYTES_PER_MEGABYTE,
  };
}

export function durationFigure(name: string, ms: number, goalMs: number): Figure {
  return {
    name,
    goal: `<= ${(goalMs / 1000).toFixed(1)} s`,
    measured: `${(ms / 1000).toFixed(2)} s`,
    isMet: ms <= goalMs,
  };
}

export function plainFigure(name: string, measured: string): Figure {
  return { name, goal: '', measured, isMet: undefined };
}

export function megabytes(bytes: number): string {
  return `${(bytes / BYTES_PER_MEGABYTE).toFixed(1)} MB`;
}

/** The table as text, one figure a line. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'goal', 'measured', ''],
    ...figures.map(({ name, goal, measured, isMet }) => [name, goal, measured, verdictOf(isMet)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function verdictOf(isMet: boolean | undefined): string {
  if (isMet === undefined) return '';
  return isMet ? 'met' : 'MISSED';
}

export function ratioFigure(name: string, ratio: number, goal: number): Figure {
  return {
    name: `${name}: ratio`,
    goal: `<= ${goal.toFixed(2)}x`,
    measured: `${ratio.toFixed(3)}x`,
    isMet: ratio > 0 && ratio <= goal,
  };
}

/** How many times faster, smaller or less it is. */
export function timesFigure(name: string, times: number, goal: number): Figure {
  return {
    name: `${name}: times`,
    goal: `>= ${goal}x`,
    measured: `${times.toFixed(1)}x`,
    isMet: times >= goal,
  };
}

/** Of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? 0;
}
