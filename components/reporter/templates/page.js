"use strict";
(() => {
  const read = (element) => JSON.parse(element.querySelector(":scope > script[type='application/json']").textContent);

  // A chart inside folded details has no width yet: it is drawn when they open.
  const drawn = new WeakSet();
  const draw = (figure) => {
    if (drawn.has(figure) || figure.closest("details:not([open])")) return Promise.resolve();
    drawn.add(figure);
    const chart = figure.querySelector(".chart");
    const description = chart.getAttribute("aria-label");
    return vegaEmbed(chart, read(figure), { actions: false, renderer: "svg" }).then(
      () => {
        // Vega puts its own words in the place of ours.
        chart.setAttribute("aria-label", description);
        chart.setAttribute("role", "img");
        chart.querySelectorAll("svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
      },
      (error) => { chart.textContent = "This chart could not be drawn: " + error.message; console.error(error); },
    );
  };
  const drawAll = (root) => Promise.all([...root.querySelectorAll("figure")].map(draw));

  // Cells sort by their number where they have one, and those without any come last.
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
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((heading, index) => {
      heading.querySelector("button").addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => [key(row, index), row]);
        rows.sort((a, b) => compare(a[0], b[0], down ? -1 : 1));
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  const share = (part, whole) => (whole > 0 ? ((100 * part) / whole).toFixed(1) + " %" : "–");
  const count = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  for (const element of document.querySelectorAll(".threshold")) {
    const data = read(element);
    const slider = element.querySelector("input");
    const show = (name, text) => { element.querySelector(`[data-value="${name}"]`).textContent = text; };
    const update = () => {
      const at = Number(slider.value);
      const [tp, fp, tn, fn] =
        [data.true_positives, data.false_positives, data.true_negatives, data.false_negatives].map((counts) => counts[at]);
      show("threshold", data.thresholds[at].toFixed(2));
      slider.setAttribute("aria-valuetext", data.thresholds[at].toFixed(2));
      show("true_positives", count(tp));
      show("false_positives", count(fp));
      show("true_negatives", count(tn));
      show("false_negatives", count(fn));
      show("accuracy", share(tp + tn, tp + fp + tn + fn));
      show("precision", share(tp, tp + fp));
      show("recall", share(tp, tp + fn));
      show("false_positive_rate", share(fp, fp + tn));
      show("positive_rate", share(tp + fp, tp + fp + tn + fn));
    };
    const distance = (at) => Math.abs(data.thresholds[at] - data.start);
    slider.value = data.thresholds.reduce((best, _, at) => (distance(at) < distance(best) ? at : best), 0);
    slider.addEventListener("input", update);
    update();
  }

  for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", () => drawAll(details));
  // On paper nothing can be unfolded, and a browser that prints waits for no chart: what is folded away is drawn ahead,
  // open but out of sight, one after the other while nothing else happens.
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));
  const drawFolded = async () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      await new Promise((resolve) => idle(resolve));
      if (details.open) continue;
      details.dataset.drawing = "true";
      details.open = true;
      await drawAll(details);
      details.open = false;
      delete details.dataset.drawing;
    }
    document.documentElement.dataset.complete = "true";
  };
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  drawAll(document).then(() => {
    document.documentElement.dataset.ready = "true";
    return drawFolded();
  });
})();
