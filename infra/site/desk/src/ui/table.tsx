// A table that a phone shows row by row, each cell with its heading. The roles are spelled out because a browser drops those of
// a table that is laid out otherwise.
import type { ComponentChildren } from "preact";

export interface Column<T> {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** `number` aligns to the right, `row` heads the row, `wide` takes what room there is. */
  readonly kind?: "number" | "row" | "wide";
}

interface TableProps<T> {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  rowClass?: (row: T) => string | undefined;
  /** Whether the caption is to be seen, not only heard. */
  showCaption?: boolean;
  /** A class for looks of its own, by `data-name` of the cells. */
  look?: string;
}

export function Table<T>({
  caption,
  columns,
  rows,
  rowKey,
  rowClass,
  showCaption = false,
  look = "",
}: TableProps<T>) {
  return (
    <table role="table" class={`table ${look}`}>
      <caption class={showCaption ? "" : "unseen"}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, title, kind }) => (
            <th role="columnheader" key={name} scope="col" class={kind ? `is-${kind}` : ""}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={rowKey(row)} class={rowClass?.(row) ?? ""}>
            {columns.map((column) => (
              <Cell key={column.name} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<T>({ column: { name: column, title, kind, cell }, row }: { column: Column<T>; row: T }) {
  const name = kind ? `is-${kind}` : "";
  // One element around the content: a phone lays heading and content side by side.
  const content = <div>{cell(row)}</div>;
  return kind === "row" ? (
    <th role="rowheader" scope="row" class={name} data-label={title} data-name={column}>
      {content}
    </th>
  ) : (
    <td role="cell" class={name} data-label={title} data-name={column}>
      {content}
    </td>
  );
}
