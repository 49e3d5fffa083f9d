// Tables: a click on a heading sorts, a button saves them as CSV, with the rows for which there was no room.
const tables = (() => {
  // Cells sort by their number where they have one, and empty ones come last.
  const key = (row, index) => {
    const cell = row.cells[index];
    const value = cell.dataset.sort ?? cell.textContent.trim();
    return value === "" || value === "–" ? null : isNaN(value) ? value : Number(value);
  };
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  };
  const sort = (table, heading, index) => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, index), row]);
    rows.sort((a, b) => compare(a[0], b[0], down ? -1 : 1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };

  // Of a number all digits are saved; the ends of an interval as programs read numbers. A text that a spreadsheet would take for a formula is quoted with an apostrophe.
  const INTERVAL = /^[+−]?[\d.,]+(e\S+)?%? to [+−]?[\d.,]+(e\S+)?%?$/;
  const saved = (cell) => {
    const shown = cell.textContent.trim();
    const isNumber = cell.matches(".number") && cell.dataset.sort !== undefined && !shown.includes(" to ");
    const value = isNumber ? cell.dataset.sort : shown === "–" ? "" : INTERVAL.test(shown) ? shown.replaceAll("−", "-") : shown;
    return escaped(value);
  };
  const escaped = (value) => {
    const text = isNaN(value) && /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const save = (table, more) => {
    const lines = [...table.rows].map((row) => [...row.cells].map(saved).join(","));
    lines.push(...more.map((row) => row.map(escaped).join(",")));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = table.caption.textContent.trim().replace(/[^\p{L}\p{N}.]+/gu, "-").slice(0, 80) + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const start = () => {
    for (const table of document.querySelectorAll("table.sortable")) {
      [...table.tHead.rows[0].cells].forEach((heading, index) =>
        heading.querySelector("button").addEventListener("click", () => sort(table, heading, index)));
    }
    for (const button of document.querySelectorAll(".download")) {
      const note = button.closest(".note"), next = note.nextElementSibling;
      const more = () => next?.matches("script.more") ? JSON.parse(next.textContent) : [];
      button.addEventListener("click", () => save(note.previousElementSibling.querySelector("table"), more()));
    }
  };
  return { start };
})();
