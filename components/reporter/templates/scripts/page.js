// What starts everything once the page is there.
tables.start();
document.querySelectorAll(".threshold").forEach(threshold.start);
for (const details of document.querySelectorAll("details"))
  details.addEventListener("toggle", () => { if (!details.dataset.drawing) charts.drawAll(details); });

window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not(.screen)")) details.open = true;
  charts.fit(true);
});
window.addEventListener("afterprint", () => charts.fit(false));

// The table of contents marks the section that is being read.
const reading = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const link = document.querySelector(`nav a[href="#${target.id}"]`);
    if (isIntersecting) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-15% 0px -84% 0px" });
document.querySelectorAll("main > section").forEach((section) => reading.observe(section));

charts.drawAll(document)
  .then(() => { document.documentElement.dataset.ready = "true"; return charts.drawFolded(); })
  .then(() => { document.documentElement.dataset.complete = "true"; });
