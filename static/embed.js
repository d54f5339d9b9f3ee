// Our side of the talk with the host window, and the little that a page needs beside htmx.
// The wire is the mini-app protocol: what comes from outside is checked for source, origin, id and
// shape and otherwise ignored; nothing here throws. Everything the host says is prefill only.
(() => {
  "use strict";
  const app = document.getElementById("app");
  const id = app.dataset.hostId;
  const webview = window.ReactNativeWebView;
  const framed = window.parent !== window;
  const embedded = id && (webview || framed);
  const $ = (selector) => document.querySelector(selector);

  // Only these keys of the ticket leave the browser: no documents, no fares.
  const TICKET_KEYS = new Set([
    "@type", "reservationStatus", "name", "flightNumber", "trainNumber", "iataCode",
    "departureTime", "arrivalTime", "departureTerminal", "arrivalTerminal",
  ]);
  const ticketPart = (key, value) => (Object(value) === value || TICKET_KEYS.has(key) ? value : undefined);
  const TICKET_LIMIT = 200000;

  // --- who may speak to us
  const allowed = (origin) => app.dataset.origins.toLowerCase().split(" ").some((source) => {
    if (source === "'self'") return origin === location.origin;
    const [, scheme, host, port] = /^(https?):\/\/([^:]+)(?::(.+))?$/i.exec(source) || [];
    let url;
    try { url = new URL(origin); } catch { return false; }
    if (!scheme || url.protocol !== scheme + ":") return false;
    const hostFits = host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
    return hostFits && (port === "*" || url.port === (port || ""));
  });

  let hostOrigin = "";
  try {
    const origin = new URL(document.referrer).origin;
    if (origin !== location.origin && allowed(origin)) hostOrigin = origin;
  } catch { /* no referrer: the first valid message tells */ }

  const send = (action, data) => {
    if (!embedded) return;
    const message = { id, action };
    if (data !== undefined) message.data = data;
    if (action === "init") message.version = 2;
    try {
      if (webview) webview.postMessage(JSON.stringify(message));
      else window.parent.postMessage(message, hostOrigin || "*");
    } catch { /* the host is gone */ }
  };

  const trusted = (event) => {
    const own = !event.origin || event.origin === location.origin;
    if (webview) return own && (!event.source || event.source === window);
    if (event.source !== window.parent) return false;
    return hostOrigin ? event.origin === hostOrigin : allowed(event.origin);
  };

  // --- what the host has told
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const object = (value) => (value && typeof value === "object" ? value : {});
  const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
  let answered = false;
  let known = null;
  let fullHeight = false;
  let guests = [];
  const touched = new Set();
  let active = false;

  const listen = (event) => {
    try {
      if (!trusted(event)) return;
      let message = event.data;
      if (typeof message === "string") message = JSON.parse(message);
      if (!message || typeof message !== "object" || !has(message, "id") || message.id !== id) return;
      if (message.action === "init") hear(message.data, event.origin, true);
      else if (message.action === "updateData" && answered) hear(message.data, event.origin, false);
    } catch { /* noise of extensions, broken JSON */ }
  };

  const hear = (data, origin, first) => {
    const open = object(data).public;
    if (object(open) !== open) return;
    if (!webview) hostOrigin = origin;
    answered = true;
    clearInterval(calling);
    clearTimeout(waiting);
    show("#silent", false);
    fullHeight = open.fullHeight === true;
    document.documentElement.classList.toggle("full", fullHeight);
    known = {
      contact_name: text(open.userName),
      contact_email: text(open.userEmail),
      contact_phone: text(open.userPhone),
      container: open.minappType === "suborder" ? text(open.orderContainerId) : "",
      shop: text(open.shopId),
    };
    fill();
    if (first) suggest(object(object(data).private).metaData, text(open.locale));
    report();
  };

  const written = (ticket) => {
    try {
      const json = JSON.stringify(Array.isArray(ticket) ? ticket : [], ticketPart);
      return json.length > TICKET_LIMIT ? "[]" : json;
    } catch { return "[]"; /* it goes round in a ring, or is deeper than the stack */ }
  };
  const suggest = (ticket, locale) => {
    const form = $("#ticket");
    if (!form || active) return reveal();
    const json = written(ticket);
    const spoken = document.documentElement.lang;
    if (json === "[]" && (locale || spoken).slice(0, 2).toLowerCase() === spoken) return reveal();
    // A host answers every call of ours: the same ticket is asked about once.
    if (form.elements.ticket.value === json && form.elements.locale.value === locale) return;
    form.elements.ticket.value = json;
    form.elements.locale.value = locale;
    // htmx comes after us, and is ready when the document is.
    const post = () => setTimeout(() => form.dispatchEvent(new Event("ticket")));
    if (document.readyState === "complete" || window.htmx) post();
    else document.addEventListener("DOMContentLoaded", post);
  };

  const reveal = () => {
    const main = $("#screen");
    if (main.dataset.screen !== "skeleton") return;
    main.dataset.screen = "where";
    report();
  };

  const put = (field, value) => {
    if (field && value && !touched.has(field.id || field.name) && field.value !== value) field.value = value;
  };
  const fill = () => {
    const form = $("#visit");
    if (!form) return;
    for (const name in known || {}) put(form.elements[name], known[name]);
    form.querySelectorAll("[name=guest_name]").forEach((field, n) => { if (!field.value) put(field, guests[n]); });
  };

  // --- height: one wrapper, whole pixels, an end to loops
  const LOOP = 25;
  let height = 0;
  let growths = 0;
  let planned = 0;
  let late = 0;
  const tell = () => {
    cancelAnimationFrame(planned);
    clearTimeout(late);
    planned = 0;
    const now = Math.ceil(app.getBoundingClientRect().height);
    if (fullHeight || now === height || growths > LOOP) return;
    growths = now > height ? growths + 1 : 0;
    height = now;
    send("height", now);
  };
  const report = () => {
    if (!embedded || webview || planned) return;
    planned = requestAnimationFrame(tell);
    late = setTimeout(tell, 100); // out of sight there are no animation frames
  };

  // --- the screens
  const sent = new Set();
  const speak = () => document.querySelectorAll("[data-host]").forEach((mark) => {
    const { host, value, once } = mark.dataset;
    mark.removeAttribute("data-host");
    if (once && sent.has(once)) return;
    sent.add(once);
    if (host === "unavailable") { if (!active) send(host, null); }
    else send(host, value || null);
  });

  const show = (selector, on) => { const element = $(selector); if (element) element.hidden = !on; };
  let shown = $("#screen");
  const settle = () => {
    reveal();
    const main = $("#screen");
    document.documentElement.lang = main.lang || document.documentElement.lang;
    fill();
    speak();
    if (active && main !== shown) {
      const isNew = main.dataset.screen !== shown.dataset.screen;
      (main.querySelector("[role=alert][tabindex]") || (isNew && main.querySelector("h1")) || null)?.focus();
    }
    shown = main;
    report();
  };

  // What the traveller has begun meanwhile is not taken away by the ticket's suggestion.
  document.addEventListener("htmx:before:swap", (event) => {
    if (!active || event.detail.ctx.sourceElement.id !== "ticket") return;
    event.preventDefault();
    reveal();
  });

  document.addEventListener("htmx:after:swap", () => setTimeout(settle));
  document.addEventListener("htmx:before:request", () => show("#trouble", false));
  for (const name of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, ({ detail: { ctx } }) => {
      // A refusal is a screen of its own; what is never swapped in has to be told here.
      if (name === "htmx:response:error" && ctx.response.status < 500) return;
      show("#trouble", true);
      if (active && ctx?.sourceElement.matches("a, form")) $("#trouble").focus();
      reveal();
      report();
    });
  }
  for (const name of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(name, (event) => {
      if (!event.isTrusted) return;
      active = true;
      growths = 0;
      if (name === "input" && event.target.name) touched.add(event.target.id || event.target.name);
    }, true);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-link]");
    if (link && answered) { event.preventDefault(); send("link", link.href); }
    const chosen = event.target.closest("[data-guests]");
    if (chosen) try { guests = JSON.parse(chosen.dataset.guests); } catch { guests = []; }
    if (event.target.closest("[data-retry]")) call();
  }, true);

  // --- the handshake: called until answered
  const CALL_EVERY = 500;
  const SILENT_AFTER = 15000;
  const PICKER_AFTER = 400;
  let calling = 0;
  let waiting = 0;
  const call = () => {
    clearInterval(calling);
    clearTimeout(waiting);
    show("#silent", false);
    send("init");
    calling = setInterval(() => send("init"), CALL_EVERY);
    waiting = setTimeout(() => {
      clearInterval(calling);
      show("#silent", true);
      report();
    }, SILENT_AFTER);
  };

  if (embedded) {
    window.addEventListener("message", listen);
    document.addEventListener("message", listen);
    window.addEventListener("pagehide", () => clearInterval(calling));
    call();
    setTimeout(() => { if (!answered) reveal(); }, PICKER_AFTER);
    new ResizeObserver(report).observe(app);
    report();
  } else reveal();
  speak();
})();
