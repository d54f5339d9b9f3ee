// Inside every frame, before its own scripts: when can the first choice be made, when is the
// suggestion there, what moved, what blocked. Nothing counts before the first paint.
(() => {
  "use strict";
  if (window === window.top) return;
  const now = () => performance.timeOrigin + performance.now();
  const seen = { usable: 0, suggested: 0, tapped: 0, stepped: 0, shift: 0, long: [], posts: [] };
  window.seen = seen;

  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  let painted = 0;
  observe("paint", (entry) => {
    if (entry.name === "first-contentful-paint") painted = performance.timeOrigin + entry.startTime;
  });
  observe("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  observe("longtask", (entry) => seen.long.push(entry.duration));
  observe("resource", (entry) => {
    if (new URL(entry.name).pathname === "/suggestion") seen.posts.push(entry.responseEnd - entry.startTime);
  });
  addEventListener("click", (event) => {
    if (event.isTrusted) seen.tapped = performance.timeOrigin + event.timeStamp;
  }, true);

  // In sight means: not hidden, with a size, and within what the host shows of the frame.
  const inSight = (selector) => {
    const element = document.querySelector(selector);
    if (!element || element.disabled || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0;
  };
  const wanted = {
    usable: "#q",
    suggested: "#screen[data-screen=where] a.tap",
    stepped: "#screen[data-screen=lounge] h1",
  };
  // A task that follows an animation frame runs after its painting.
  const afterPaint = (act) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = act; port2.postMessage(0); };
  const waiting = new Set(Object.keys(wanted));
  const look = () => {
    for (const name of waiting) {
      if (!document.body || !inSight(wanted[name])) continue;
      waiting.delete(name);
      afterPaint(() => { seen[name] = now(); });
    }
    if (waiting.size) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  seen.first = () => painted;
})();
