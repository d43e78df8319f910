/** A column of a table that is printed. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly text: (row: Row) => string;
}

/** Rows under titles, in columns of equal width, with two spaces before each line. */
export function textTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const cells = rows.map(row => columns.map(column => column.text(row)));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map(line => line[index]!.length)),
  );
  const line = (texts: readonly string[]) =>
    `  ${texts
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(widths[index]!) : text.padEnd(widths[index]!),
      )
      .join('  ')}`.trimEnd();
  return [line(columns.map(column => column.title)), ...cells.map(line)].join('\n');
}
