// Just what TFMA's front end asks of Google Charts, which it would load from the network: tables in plain HTML, charts by
// Vega-Lite. https://developers.google.com/chart/interactive/docs/reference names the interface that this follows.
(function () {
  "use strict";
  const isBoxed = (cell) => cell !== null && typeof cell === "object" && "v" in cell;
  const valueOf = (cell) => (isBoxed(cell) ? cell.v : cell);
  const textOf = (cell) => String((isBoxed(cell) ? cell.f ?? cell.v : cell) ?? "");
  const asNumber = (cell) => (cell === null || cell === undefined || cell === "" ? NaN : Number(valueOf(cell)));

  function compare(one, other) {
    const [a, b] = [valueOf(one), valueOf(other)];
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true });
  }

  class DataTable {
    constructor(content) {
      this.columns = (content?.cols ?? []).map(DataTable.column);
      this.rows = (content?.rows ?? []).map((row) => row.c);
    }
    static column(header) {
      const given = typeof header === "object" && header !== null ? header : { label: header };
      return { label: String(given.label ?? ""), role: given.role ?? "data" };
    }
    addRows(rows) { this.rows.push(...rows); }
    getNumberOfRows() { return this.rows.length; }
    sort(keys) {
      const columns = [keys].flat().map((key) => key.column ?? key);
      this.rows.sort((a, b) => columns.reduce((order, column) => order || compare(a[column], b[column]), 0));
    }
  }

  class DataView {
    constructor(table) { this.table = table; this.setColumns(table.columns.map((_, index) => index)); }
    setColumns(columns) { this.chosen = columns; }
    source(column) { return typeof column === "number" ? column : column.sourceColumn; }
    get columns() {
      return this.chosen.map((column) => ({ ...this.table.columns[this.source(column)], ...(column.role && column) }));
    }
    get rows() { return this.table.rows.map((row) => this.chosen.map((column) => row[this.source(column)])); }
    getNumberOfRows() { return this.table.getNumberOfRows(); }
  }

  function arrayToDataTable([header, ...rows]) {
    const table = new DataTable();
    table.columns = header.map(DataTable.column);
    table.rows = rows;
    return table;
  }

  // Events: of Google Charts' own registry, beside the DOM's.
  const listeners = new WeakMap();
  const events = {
    addListener(source, name, callback) {
      if (!listeners.has(source)) listeners.set(source, []);
      listeners.get(source).push({ name, callback });
    },
    addOneTimeListener(source, name, callback) {
      const once = (detail) => {
        listeners.set(source, listeners.get(source).filter((entry) => entry.callback !== once));
        callback(detail);
      };
      events.addListener(source, name, once);
    },
    trigger(source, name, detail) {
      (listeners.get(source) ?? []).filter((entry) => entry.name === name).forEach((entry) => entry.callback(detail));
    },
  };

  class Chart {
    constructor(container) { this.container = container; this.selection = []; }
    getSelection() { return this.selection; }
    setSelection(selection) { this.selection = selection ?? []; this.showSelection(); }
    showSelection() {}
    choose(selection) { this.setSelection(selection); events.trigger(this, "select"); }
  }

  const TABLE_STYLE = `
    table { border-collapse: collapse; width: 100%; background: white; }
    th { cursor: pointer; white-space: nowrap; }
    th:focus-visible, a:focus-visible { outline: 2px solid #3367d6; }
    td { white-space: nowrap; }
    th.google-visualization-table-th, td.google-visualization-table-td { padding: 0 12px !important; }
    .google-visualization-table-div-page { padding: 6px; }
    .google-visualization-table-page-number { display: inline-block; min-width: 1em; margin-right: 4px; cursor: pointer; }
    .google-visualization-table-page-number.current { font-weight: bold; }
    .scrolled { overflow-x: auto; }`;

  // The class names are Google's: TFMA styles the table by them.
  const named = (name) => `google-visualization-table-${name}`;

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  }

  function onPress(target, action) {
    target.tabIndex = 0;
    target.addEventListener("click", action);
    target.addEventListener("keydown", (event) => { if (event.key === "Enter") action(); });
  }

  // One element of TFMA's own; any other text, such as the name of a slice, stays text.
  const MARKUP = /^\s*<(tfma-[a-z0-9-]+)[^<>]*>[^<>]*<\/\1>\s*$/;

  class Table extends Chart {
    draw(data, options = {}) {
      Object.assign(this, { data, options, page: 0, sorting: null, order: data.rows.map((_, index) => index) });
      this.render();
      events.trigger(this, "ready");
    }
    render() {
      const size = this.options.page === "enable" ? this.options.pageSize ?? 10 : this.order.length;
      const shown = this.order.slice(this.page * size, (this.page + 1) * size);
      const head = element("tr", named("tr-head"), ...this.data.columns.map((column, index) => this.header(column, index)));
      const body = element("tbody", "", ...shown.map((row, position) => this.row(row, position)));
      const table = element("table", named("table"), element("thead", "", head), body);
      const root = element("div", "google-visualization-table", element("div", "scrolled", table));
      const pages = Math.ceil(this.order.length / size);
      if (pages > 1) root.append(this.pager(pages));
      const style = element("style", "");
      style.textContent = TABLE_STYLE;
      this.container.replaceChildren(style, root);
      this.showSelection();
    }
    header(column, index) {
      const sorted = this.sorting?.column === index ? (this.sorting.ascending ? "ascending" : "descending") : null;
      const cell = element("th", named("th"), column.label, element("span", named("sortind")));
      if (sorted) cell.classList.add(`sort-${sorted}`);
      if (sorted) cell.setAttribute("aria-sort", sorted);
      onPress(cell, () => this.sortBy(index));
      return cell;
    }
    row(index, position) {
      const made = element("tr", named(position % 2 ? "tr-odd" : "tr-even"));
      made.dataset.row = index;
      for (const cell of this.data.rows[index]) {
        const shown = element("td", named("td"));
        if (this.options.allowHtml && MARKUP.test(textOf(cell))) shown.innerHTML = textOf(cell);
        else shown.textContent = textOf(cell);
        made.append(shown);
      }
      made.addEventListener("click", () => this.choose(this.selection.some(({ row }) => row === index) ? [] : [{ row: index }]));
      return made;
    }
    pager(pages) {
      const links = Array.from({ length: pages }, (_, page) => {
        const link = element("a", named("page-number"), String(page + 1));
        link.classList.toggle("current", page === this.page);
        onPress(link, () => { this.page = page; this.render(); events.trigger(this, "page", { page }); });
        return link;
      });
      return element("div", named("div-page"), ...links);
    }
    sortBy(column) {
      const ascending = this.sorting?.column === column ? !this.sorting.ascending : true;
      this.sorting = { column, ascending };
      const sign = ascending ? 1 : -1;
      this.order.sort((a, b) => sign * compare(this.data.rows[a][column], this.data.rows[b][column]));
      this.page = 0;
      this.render();
      events.trigger(this, "sort", { column, ascending, sortedIndexes: [...this.order] });
    }
    showSelection() {
      const chosen = new Set(this.selection.map(({ row }) => row));
      for (const row of this.container.querySelectorAll("tr[data-row]")) {
        row.classList.toggle(named("tr-sel"), chosen.has(Number(row.dataset.row)));
      }
    }
  }

  const COLORS = ["#3366cc", "#dc3912", "#ff9900", "#109618", "#990099", "#0099c6"];
  const PICKED = "indexof(picked, datum.row) >= 0";

  // One value a line, whatever the number of series; a column with a role belongs to the data column before it.
  function longForm(data) {
    const series = [];
    data.columns.forEach((column, index) => {
      if (index === 0) return;
      if (column.role === "data") series.push({ index, label: column.label, notes: {} });
      else if (series.length) series.at(-1).notes[column.role] = index;
    });
    const annotation = data.columns.findIndex((column, index) => index && column.role === "annotation" && index < (series[0]?.index ?? 0));
    return series.map(({ index, label, notes }, number) => ({
      number,
      label: label || `series ${number + 1}`,
      column: index,
      values: data.rows.map((row, position) => ({
        row: position,
        column: index,
        series: label || `series ${number + 1}`,
        x: valueOf(row[0]),
        name: textOf(row[0]),
        y: asNumber(row[index]),
        note: annotation > 0 ? textOf(row[annotation]) : null,
        above: notes.annotation ? textOf(row[notes.annotation]) : null,
        tooltip: notes.tooltip ? textOf(row[notes.tooltip]) : `${textOf(row[0])}\n${label}: ${textOf(row[index])}`,
      })).filter((value) => Number.isFinite(value.y)),
    }));
  }

  function scale(axis = {}) {
    const window = axis.viewWindow ?? {};
    const domain = [window.min ?? axis.minValue, window.max ?? axis.maxValue];
    const fixed = domain.every(Number.isFinite) ? { domain, nice: false } : {};
    return { zero: false, type: axis.logScale ? "symlog" : "linear", ...fixed };
  }

  // One value alone, as that of a first run, gets an axis around it.
  function around(all) {
    const values = all.flatMap((series) => series.values.map(({ y }) => y));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? { domain: [least - 0.1 * Math.abs(least || 1), most + 0.1 * Math.abs(most || 1)], nice: false } : {};
  }

  const axisTitle = (axis) => axis?.title ?? null;
  const tooltip = { field: "tooltip", type: "nominal" };

  class VegaChart extends Chart {
    draw(data, options = {}) {
      const width = options.width ?? this.container.clientWidth;
      const height = options.height ?? (this.container.clientHeight || 200);
      if (!width) return events.trigger(this, "ready"); // in a tab that is not shown; drawn when it gets a size
      const spec = {
        width,
        height,
        autosize: { type: "fit", contains: "padding" },
        background: "white",
        params: [{ name: "picked", value: this.selection.map(({ row }) => row) }],
        title: options.title || undefined,
        config: { axis: { labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" }, range: { category: COLORS } },
        ...this.spec(data, options),
      };
      const drawing = element("div", "");
      this.container.replaceChildren(...(this.prepare?.(data) ?? []), drawing);
      this.finalize?.();
      this.view = null;
      this.drawing = drawing;
      vegaEmbed(drawing, spec, { renderer: "svg", actions: false, hover: true }).then(({ view, finalize }) => {
        if (this.drawing !== drawing) return finalize(); // drawn again meanwhile
        Object.assign(this, { view, finalize });
        this.listen(options);
        this.finish?.();
        events.trigger(this, "ready");
      });
    }
    listen(options) {
      const place = (item) => (item?.datum?.column ? { row: item.datum.row, column: item.datum.column } : null);
      for (const [name, event] of [["mouseover", "onmouseover"], ["mouseout", "onmouseout"]]) {
        this.view.addEventListener(name, (_, item) => { if (place(item)) events.trigger(this, event, place(item)); });
      }
      if (options.enableInteractivity === false) return;
      this.view.addEventListener("click", (_, item) => this.choose([place(item) ?? []].flat()));
    }
    showSelection() {
      this.view?.signal("picked", this.selection.map(({ row }) => row)).runAsync();
    }
  }

  // Lines, points and bars together; two vertical axes if the options name two.
  class ComboChart extends VegaChart {
    spec(data, options) {
      const all = longForm(data);
      const visible = all.filter(({ number }) => options.series?.[number]?.visibleInLegend !== false);
      const legend = options.legend?.position === "none" || !visible.length ? null
        : { title: null, orient: options.legend?.position ?? "right", values: visible.map(({ label }) => label) };
      const color = { field: "series", type: "nominal", legend, scale: { domain: all.map(({ label }) => label), range: COLORS } };
      const ticks = options.hAxis?.ticks;
      const x = { field: "x", type: "quantitative", scale: scale(options.hAxis), axis: { title: axisTitle(options.hAxis), grid: false, labels: !ticks || ticks.length > 0, ticks: !ticks || ticks.length > 0 } };
      const axes = options.vAxes ?? { 0: options.vAxis ?? {} };
      const layers = Object.entries(axes).map(([number, axis]) => {
        const own = all.filter((series) => String(options.series?.[series.number]?.targetAxisIndex ?? 0) === number);
        const zero = own.some(({ number }) => options.series?.[number]?.type === "bars");
        const y = { field: "y", type: "quantitative", scale: { ...scale(axis), ...around(own), zero }, axis: { title: axisTitle(axis), format: ".4~g" } };
        return { layer: own.flatMap((series) => this.marks(series, options.series?.[series.number] ?? {}, { x, y, color, tooltip })) };
      }).filter(({ layer }) => layer.length);
      const notes = (all[0]?.values ?? []).filter(({ note }) => note);
      if (notes.length) layers.push(this.notes(notes, x));
      return { layer: layers, resolve: layers.length > 1 && options.vAxes ? { scale: { y: "independent" } } : undefined };
    }
    marks({ values }, style, encoding) {
      const data = { values };
      const size = { condition: { test: PICKED, value: 140 }, value: values.length > 50 ? 8 : 30 };
      const shape = style.pointShape === "diamond" ? "diamond" : "circle";
      const points = { data, mark: { type: "point", filled: true, shape, opacity: 1 }, encoding: { ...encoding, size } };
      const kind = style.type ?? "line";
      if (kind === "scatter") return [points];
      if (kind === "bars") return [{ data, mark: { type: "bar", size: Math.max(2, 260 / (values.length || 1)), opacity: 0.6 }, encoding }];
      const line = { data, mark: { type: "line", strokeDash: style.lineDashStyle ?? [1, 0], tooltip: null }, encoding: { ...encoding, tooltip: undefined, order: { field: "row" } } };
      return style.lineDashStyle ? [line] : [line, points];
    }
    notes(values, x) {
      return { data: { values }, mark: { type: "text", angle: 270, align: "left", dx: 4, fontSize: 10, color: "#555" }, encoding: { x, y: { value: "height" }, text: { field: "note" } } };
    }
  }

  class BubbleChart extends VegaChart {
    spec(data, options) {
      const [, x, y, color, size] = data.columns.map(({ label }) => label);
      const values = data.rows.map((cells, row) => {
        const [bucket, ...numbers] = cells;
        const [a, b, c, d] = numbers.map(asNumber);
        const told = [[x, a], [y, b], [color, c], [size, d]].map(([label, value]) => `${label}: ${value.toPrecision(5)}`);
        return { row, column: 1, x: a, y: b, color: c, size: d, tooltip: [textOf(bucket), ...told].join("\n") };
      }).filter((value) => Number.isFinite(value.x) && Number.isFinite(value.y));
      const { colorAxis = {}, sizeAxis = {} } = options;
      const area = (radius) => Math.PI * radius * radius;
      return {
        data: { values },
        mark: { type: "circle", opacity: 0.9, stroke: "#0a47a4", strokeWidth: 0.5 },
        encoding: {
          x: { field: "x", type: "quantitative", scale: scale(options.hAxis), title: axisTitle(options.hAxis) },
          y: { field: "y", type: "quantitative", scale: scale(options.vAxis), title: axisTitle(options.vAxis) },
          color: {
            field: "color", type: "quantitative", legend: { title: color?.replace(/^color: /, "") ?? null, gradientLength: 100 },
            scale: { domain: [colorAxis.minValue ?? 0, colorAxis.maxValue ?? 1], range: colorAxis.colors, clamp: true },
          },
          size: {
            field: "size", type: "quantitative", legend: null,
            scale: { domain: [sizeAxis.minValue ?? 0, sizeAxis.maxValue ?? 1], range: [area(sizeAxis.minSize ?? 2), area(sizeAxis.maxSize ?? 12)], clamp: true },
          },
          tooltip,
        },
      };
    }
  }

  class ColumnChart extends VegaChart {
    // TFMA marks buckets of its histogram in Google's SVG right after draw(), before Vega has drawn: it gets a hidden
    // copy of that structure (a clipped group with the bars, and three groups on, their labels), and finish() reads it.
    prepare(data) {
      const bars = longForm(data).flatMap(({ values }) => values);
      const svg = (children, clipped) => {
        const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
        if (clipped) group.setAttribute("clip-path", "none");
        group.append(...children);
        return group;
      };
      const leaves = () => bars.map(() => svg([]));
      this.marked = svg(leaves());
      const hidden = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      hidden.style.display = "none";
      hidden.append(svg([svg([]), this.marked], true), svg([]), svg([]), svg(leaves()));
      return [hidden];
    }
    finish() {
      const rows = Array.from(this.marked.children).flatMap((bar, row) => (bar.classList.contains("highlighted") ? [row] : []));
      if (rows.length) this.setSelection(rows.map((row) => ({ row })));
    }
    spec(data, options) {
      const all = longForm(data);
      const numeric = typeof all[0]?.values[0]?.x === "number";
      const x = numeric ? this.buckets(all, options) : this.names(all);
      const heights = this.heights(all, options);
      const values = all.flatMap((series) => series.values.map((value) => ({ ...value, height: value.y / (heights[series.number] || 1) })));
      const color = { field: "series", type: "nominal", legend: { title: null, orient: "top" }, scale: { domain: all.map(({ label }) => label), range: COLORS } };
      const picked = { stroke: { condition: { test: PICKED, value: "black" }, value: null }, strokeWidth: { value: 2 } };
      const y = { field: "height", type: "quantitative", stack: null, title: null, axis: options.vAxis?.ticks ? null : {} };
      const bar = { mark: { type: "bar", cursor: "pointer" }, encoding: { x, y, color, tooltip, ...picked, ...(all.length > 1 && { xOffset: { field: "series" } }) } };
      const label = { transform: [{ filter: "datum.above" }], mark: { type: "text", dy: -6, fontSize: 10 }, encoding: { x, y, text: { field: "above" } } };
      return { data: { values }, layer: numeric ? [bar, label] : [bar] };
    }
    buckets(all, options) {
      const shown = (options.hAxis?.ticks ?? []).map(({ v, f }) => [v, f]);
      const names = all[0].values.map(({ x }) => (shown.findLast(([v]) => v <= x) ?? [x, x.toPrecision(4)])[1]);
      const labels = Object.fromEntries(all[0].values.map(({ x }, index) => [x, names[index]]));
      return { field: "x", type: "ordinal", title: "from", axis: { labelExpr: `(${JSON.stringify(labels)})[datum.value]`, labelAngle: 0 } };
    }
    names(all) {
      const few = (all[0]?.values.length ?? 0) <= 30;
      return { field: "name", type: "nominal", sort: null, title: null, axis: few ? { labelAngle: -30, labelLimit: 400, ticks: false } : null };
    }
    // With 0 as its only tick a vertical axis tells no value: each series fills the height.
    heights(all, options) {
      return all.map(({ values }) => (options.vAxis?.ticks ? Math.max(...values.map(({ y }) => y)) : 1));
    }
  }

  const CHARTS = { Table, LineChart: ComboChart, ComboChart, ScatterChart: ComboChart, BubbleChart, ColumnChart };

  class ChartWrapper {
    constructor({ container }) { this.container = container; this.chart = null; }
    getChart() { return this.chart; }
    setChartType(type) { this.type = type; }
    setDataTable(data) { this.data = data; }
    setOptions(options) { this.options = options; }
    draw() {
      if (!this.data) return;
      if (!this.chart || this.drawn !== this.type) {
        this.chart = new CHARTS[this.type](this.container);
        this.drawn = this.type;
        for (const name of ["ready", "select"]) events.addListener(this.chart, name, (detail) => events.trigger(this, name, detail));
      }
      this.chart.draw(this.data, this.options);
    }
  }

  // The tooltips of Vega hang on the page, not in the element that is drawn.
  const style = element("style", "");
  style.textContent = "#vg-tooltip-element { white-space: pre-line; }";
  document.head.append(style);

  window.google = {
    charts: { load: () => Promise.resolve() },
    visualization: { DataTable, DataView, arrayToDataTable, events, ChartWrapper, ...CHARTS },
  };
})();
