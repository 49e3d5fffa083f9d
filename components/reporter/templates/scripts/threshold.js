// The movable threshold: a slider, a number and a reset, and all that depends on them.
const threshold = (() => {
  const percent = (part, whole) => (whole > 0 ? ((100 * part) / whole).toFixed(1) + " %" : "–");
  const count = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  const RATES = {
    accuracy: (tp, fp, tn, fn) => [tp + tn, tp + fp + tn + fn],
    precision: (tp, fp) => [tp, tp + fp],
    true_positive_rate: (tp, fp, tn, fn) => [tp, tp + fn],
    false_positive_rate: (tp, fp, tn) => [fp, fp + tn],
    positive_rate: (tp, fp, tn, fn) => [tp + fp, tp + fp + tn + fn],
  };
  const COUNTS = ["true_positives", "false_positives", "true_negatives", "false_negatives"];

  // Two digits, or as many as a chosen threshold has.
  const written = (value) => (Number(value.toFixed(2)) === value ? value.toFixed(2) : String(value));

  const start = (element) => {
    const data = readData(element);
    const [slider, number] = element.querySelectorAll("input");
    const nearest = (value) => data.thresholds.reduce(
      (best, one, at) => (Math.abs(one - value) < Math.abs(data.thresholds[best] - value) ? at : best), 0);

    // Fills the cells within an element from the four counts at a place.
    const fill = (within, counts, at) => {
      const four = COUNTS.map((name) => counts[name][at]);
      for (const cell of within.querySelectorAll("[data-value]")) {
        const name = cell.dataset.value;
        const [part, whole] = RATES[name]?.(...four) ?? [];
        cell.textContent = name in RATES ? percent(part, whole) : count(counts[name][at]);
        if (name in RATES) cell.dataset.sort = whole > 0 ? part / whole : "";
      }
    };
    const show = (at, typing = false) => {
      const value = data.thresholds[at];
      slider.value = at;
      slider.setAttribute("aria-valuetext", written(value));
      if (!typing) number.value = written(value);
      fill(element, data, at);
      for (const row of element.querySelectorAll(".sortable tbody tr")) fill(row, data.slices[row.cells[0].textContent], at);
      charts.move(value);
    };
    slider.addEventListener("input", () => show(Number(slider.value)));
    number.addEventListener("input", () => { if (number.value !== "") show(nearest(number.value), true); });
    number.addEventListener("change", () => show(Number(slider.value)));
    element.querySelector(".control button").addEventListener("click", () => show(nearest(data.start)));
    show(nearest(data.start));
  };
  return { start };
})();
