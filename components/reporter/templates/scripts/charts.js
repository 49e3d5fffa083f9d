// Charts: each figure holds its Vega-Lite specification. One that is folded away has no width, and is drawn on unfolding.
const charts = (() => {
  const views = new Map(); // Vega's view of each figure that is drawn
  const started = new WeakSet();
  const PHONE = 600; // pixels
  let threshold = null;

  const isFolded = (figure) => figure.closest("details:not([open])") !== null;
  // A figure that shows the movable threshold has a signal of this name.
  const follows = (view) => "threshold" in view.getState().signals;

  const draw = (figure) => {
    if (started.has(figure) || isFolded(figure)) return Promise.resolve();
    started.add(figure);
    const chart = figure.querySelector(".chart");
    const description = chart.getAttribute("aria-label");
    const tooltip = { disableDefaultStyle: true };
    const specification = readData(figure);
    const { heightOnPhone } = specification.usermeta ?? {};
    if (heightOnPhone && window.innerWidth < PHONE) specification.height = heightOnPhone;
    return vegaEmbed(chart, specification, { actions: false, renderer: "svg", tooltip }).then(
      ({ view }) => {
        views.set(figure, view);
        // Vega replaces our description with its own.
        chart.setAttribute("aria-label", description);
        chart.setAttribute("role", "img");
        chart.querySelectorAll("svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
        if (threshold !== null && follows(view)) return view.signal("threshold", threshold).runAsync();
      },
      (error) => { chart.textContent = "This chart could not be drawn: " + error.message; console.error(error); },
    );
  };
  const drawAll = (root) => Promise.all([...root.querySelectorAll("figure")].map(draw));

  // A browser that prints waits for no chart: those that are folded away are drawn ahead, one at a time while nothing
  // else happens, for which all that they lie in is opened out of sight.
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 20));
  const drawFolded = async () => {
    for (const figure of document.querySelectorAll("details figure")) {
      await new Promise((resolve) => idle(resolve));
      if (started.has(figure)) continue;
      const closed = [];
      for (let one = figure.closest("details"); one; one = one.parentElement.closest("details")) if (!one.open) closed.push(one);
      for (const one of closed) { one.dataset.drawing = "true"; one.open = true; }
      await draw(figure);
      for (const one of closed) { one.open = false; delete one.dataset.drawing; }
    }
  };

  // Two full-width charts stand side by side on paper, for which they are drawn anew.
  const HALF = 505;
  const fit = (paper) => {
    if (!paper) window.dispatchEvent(new Event("resize"));
    else for (const [figure, view] of views) if (!figure.matches(".small, .wide")) view.width(HALF).run();
  };

  const move = (value) => {
    threshold = value;
    for (const view of views.values()) if (follows(view)) view.signal("threshold", value).run();
  };
  return { drawAll, drawFolded, fit, move };
})();
