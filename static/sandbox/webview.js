/* The bridge that a WebView puts into every page before the page's own scripts: strings go out by
   window.ReactNativeWebView, and what the native side says arrives inside the page. The native side
   is played by the window around this frame; in a tab of its own there is none, and no bridge. */
(() => {
  "use strict";
  const native = window.parent;
  if (native === window) return;

  // Around the page of a WebView stands nothing.
  Object.defineProperty(window, "parent", { value: window, configurable: true });

  window.ReactNativeWebView = {
    postMessage: (text) => native.postMessage(String(text), "*"),
  };

  const arrive = (data, target, sender) => {
    if (target === "window" && sender === "own") {
      // What an injected script does.
      window.postMessage(data, location.origin);
      return;
    }
    const origin = sender === "own" ? location.origin : "";
    const receiver = target === "document" ? document : window;
    receiver.dispatchEvent(new MessageEvent("message", { data, origin }));
  };

  let hidden = false;
  Object.defineProperty(document, "hidden", { get: () => hidden });
  Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });

  // First in line: the page never sees how the native side reaches it.
  window.addEventListener(
    "message",
    (event) => {
      if (event.source !== native) return;
      event.stopImmediatePropagation();
      const order = event.data?.native;
      if (!order) return;
      if (typeof order.hidden === "boolean") {
        hidden = order.hidden;
        document.dispatchEvent(new Event("visibilitychange"));
      }
      if ("say" in order) arrive(order.say, order.target, order.sender);
    },
    true,
  );
})();
