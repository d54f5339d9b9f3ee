// The host: inserts the frame when told to, answers init, gives the frame the height it asks for,
// and remembers when. All moments are milliseconds of the clock that the frame knows too.
(() => {
  "use strict";
  const now = () => performance.timeOrigin + performance.now();
  const seen = { inserted: 0, answered: 0, messages: [], heights: [] };
  window.seen = seen;

  window.insert = ({ address, id, delay, data }) => {
    const frame = document.createElement("iframe");
    frame.setAttribute("scrolling", "no");
    frame.width = "100%";
    frame.height = "287";
    frame.src = address;
    const origin = new URL(address).origin;

    const answer = () => {
      if (!seen.answered) seen.answered = now();
      frame.contentWindow.postMessage({ id, action: "init", data }, origin);
    };
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.data.id !== id) return;
      const { action } = event.data;
      seen.messages.push({ action, data: event.data.data, at: now() });
      if (action === "init") setTimeout(answer, delay);
      if (action === "height") {
        frame.height = String(event.data.data);
        requestAnimationFrame(() => seen.heights.push(now()));
      }
    });
    seen.inserted = now();
    document.getElementById("slot").append(frame);
  };
})();
