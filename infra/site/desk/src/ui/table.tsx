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
}

export function Table<T>({ caption, columns, rows, rowKey, rowClass, showCaption = false }: TableProps<T>) {
  return (
    <table role="table" class="table">
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

function Cell<T>({ column: { title, kind, cell }, row }: { column: Column<T>; row: T }) {
  const name = kind ? `is-${kind}` : "";
  return kind === "row" ? (
    <th role="rowheader" scope="row" class={name} data-label={title}>
      {cell(row)}
    </th>
  ) : (
    <td role="cell" class={name} data-label={title}>
      {cell(row)}
    </td>
  );
}
