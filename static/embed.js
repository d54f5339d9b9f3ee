// Our side of the talk with the host (mini-app protocol), and what a page needs beside htmx.
// All that the host says is checked, and only prefills; nothing here throws.
(() => {
  "use strict";
  const root = document.documentElement;
  const app = document.getElementById("app");
  const id = app.dataset.hostId;
  const webview = window.ReactNativeWebView;
  const embedded = id && (webview || window.parent !== window);
  const $ = (selector) => document.querySelector(selector);
  const show = (selector, on) => { $(selector).hidden = !on; };

  // --- who may speak to us
  const origins = new RegExp(app.dataset.origins);
  const allowed = (origin) => origins.test(origin === location.origin ? "self" : origin);
  let hostOrigin = "";
  try {
    const { origin } = new URL(document.referrer);
    if (origin !== location.origin && allowed(origin)) hostOrigin = origin;
  } catch { /* the first message tells */ }
  const trusted = ({ origin, source }) => {
    if (webview) return (!origin || origin === location.origin) && (!source || source === window);
    return source === window.parent && (hostOrigin ? origin === hostOrigin : allowed(origin));
  };

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

  // --- what the host has told
  const object = (value) => (value && typeof value === "object" ? value : {});
  const text = (value) => (/string|number/.test(typeof value) ? String(value).slice(0, 254) : "");
  let answered = false;
  let known = {};
  let fullHeight = false;
  let guests = [];
  const touched = new Set();
  let active = false;

  const listen = (event) => {
    try {
      if (!trusted(event)) return;
      const message = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
      const { action, data } = message;
      if (message.id !== id) return;
      if (action === "init" || (answered && action === "updateData")) hear(object(data), event.origin);
      if (answered && action === "paymentResult") learn(text(data));
    } catch { /* noise */ }
  };

  const hear = ({ public: open, private: closed }, origin) => {
    if (object(open) !== open) return;
    if (!webview) hostOrigin = origin;
    answered = true;
    clearInterval(calling);
    clearTimeout(waiting);
    show("#silent", false);
    fullHeight = open.fullHeight === true;
    root.classList.toggle("full", fullHeight);
    if (fullHeight) height = 0;
    const added = open.minappType === "suborder";
    known = {
      contact_name: text(open.userName),
      contact_email: text(open.userEmail),
      contact_phone: text(open.userPhone),
      container: added ? text(open.orderContainerId) : "",
      shop: text(open.shopId),
    };
    fill();
    suggest({
      ticket: written(object(closed).metaData),
      locale: text(open.locale),
      shop: added ? "" : known.shop,
    });
  };

  // Of the ticket only this leaves the browser: no documents, no fares.
  const TICKET_KEYS = /^(@type|reservationStatus|name|(flight|train)Number|iataCode|(departure|arrival)(Time|Terminal))$/;
  const TICKET_LIMIT = 200000;
  const ticketPart = (key, value) => (Object(value) === value || TICKET_KEYS.test(key) ? value : undefined);
  const written = (ticket) => {
    try {
      const json = JSON.stringify(Array.isArray(ticket) ? ticket : [], ticketPart);
      return json.length > TICKET_LIMIT ? "[]" : json;
    } catch { return "[]"; /* a ring, or too deep */ }
  };

  // A hidden form, sent by htmx, which comes after us.
  const post = (form, values) => {
    for (const name in values) form.elements[name].value = values[name];
    const go = () => setTimeout(() => form.dispatchEvent(new Event("told")));
    if (window.htmx) go();
    else document.addEventListener("DOMContentLoaded", go);
  };

  let asked = "";
  const suggest = (values) => {
    const form = $("#ticket");
    const spoken = root.lang;
    const sameLanguage = (values.locale || spoken).slice(0, 2).toLowerCase() === spoken;
    if (!form || active || (values.ticket === "[]" && !values.shop && sameLanguage)) return reveal();
    // A host answers every call: the same is asked once.
    if (asked !== (asked = JSON.stringify(values))) post(form, values);
  };

  const reveal = () => {
    const main = $("#screen");
    if (main.dataset.screen === "skeleton") main.dataset.screen = "where";
    if (answered && missed) height = missed = 0;
  };

  // What stands there and is not from us is the buyer's.
  const told = {};
  const put = (field, name, value) => {
    if (!field || touched.has(name) || (field.value && field.value !== told[name])) return;
    told[name] = field.value = value;
  };
  const fill = () => {
    const form = $("#visit");
    if (!form) return;
    for (const name in known) put(form.elements[name], name, known[name]);
    guests.forEach((guest, n) => put($(`#guest-${n}`), `guest-${n}`, guest));
  };

  // --- payment: `checkout`; to a host that does not know it, `done` at the buyer's next press
  const PATIENCE = 3000;
  const sent = new Set();
  let begun = 0;
  let stirred = true;
  const checkout = (address) => {
    begun = Date.now();
    stirred = false;
    send("checkout", address);
  };
  const pay = (address) => {
    if (stirred) return checkout(address);
    setTimeout(() => {
      if (stirred || sent.has(address)) return;
      sent.add(address);
      send("done", address);
    }, begun + PATIENCE - Date.now());
  };
  const learn = (result) => {
    stirred = true;
    const form = $("#result");
    if (form) post(form, { result: /^[a-z]{1,20}$/.test(result) ? result : "unknown" });
  };

  // --- height: one wrapper, whole pixels, an end to loops
  const LOOP = 25;
  let height = 0;
  let growths = 0;
  // A host that had to be called again may not have heard it.
  let missed = false;
  const tell = () => {
    const now = Math.ceil(app.getBoundingClientRect().height);
    // A frame out of sight may have no width yet.
    if (!innerWidth || fullHeight || (webview && !answered) || now === height) return;
    if (now < height) growths = 0;
    else if (++growths > LOOP) return;
    height = now;
    missed &&= !answered;
    send("height", now);
  };

  // --- the screens
  const speak = () => document.querySelectorAll("[data-host]").forEach((mark) => {
    const { host, value, once } = mark.dataset;
    mark.removeAttribute("data-host");
    if (sent.has(once) || (host === "unavailable" && !known.container)) return;
    if (once) sent.add(once);
    if (host === "checkout") checkout(value);
    else send(host, value || null);
  });

  let shown = $("#screen");
  const settle = () => {
    reveal();
    const main = $("#screen");
    root.lang = main.lang || root.lang;
    fill();
    speak();
    if (active && main !== shown) {
      const isNew = main.dataset.screen !== shown.dataset.screen;
      (main.querySelector("[role=alert][tabindex]") || (isNew && main.querySelector("h1")) || null)?.focus();
    }
    shown = main;
  };

  // A suggestion takes nothing from who has begun.
  document.addEventListener("htmx:before:swap", (event) => {
    if (!active || event.detail.ctx.sourceElement.id !== "ticket") return;
    event.preventDefault();
    reveal();
  });
  document.addEventListener("htmx:after:swap", () => setTimeout(settle));
  document.addEventListener("htmx:before:request", () => show("#trouble", false));
  for (const name of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, ({ detail: { ctx } }) => {
      // A refusal is a screen; what is never swapped in is told here.
      if (name !== "htmx:error" && ctx.response.status < 500) return;
      show("#trouble", true);
      if (active && ctx?.sourceElement.matches("a, form")) $("#trouble").focus();
      reveal();
    });
  }
  for (const name of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(name, ({ isTrusted, target }) => {
      if (!isTrusted) return;
      active = true;
      growths = 0;
      if (name === "input") touched.add(target.id || target.name);
    }, true);
  }
  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const [link, payment, chosen] = [on("[data-link]"), on("[data-pay]"), on("[data-guests]")];
    if (chosen) guests = JSON.parse(chosen.dataset.guests);
    if (on("[data-retry]")) call();
    const address = payment?.getAttribute("href");
    if (!answered || !(link || payment) || sent.has(address)) return;
    event.preventDefault();
    if (link) send("link", link.href);
    else pay(address);
  }, true);
  document.addEventListener("visibilitychange", () => { stirred = true; });

  // --- the handshake: called until answered
  const CALL_EVERY = 500;
  const SILENT_AFTER = 15000;
  const PICKER_AFTER = 400;
  const LOOK_EVERY = 250;
  let calling = 0;
  let waiting = 0;
  const call = () => {
    clearInterval(calling);
    clearTimeout(waiting);
    show("#silent", false);
    calling = setInterval(() => {
      missed = true;
      send("init");
    }, CALL_EVERY);
    waiting = setTimeout(() => {
      clearInterval(calling);
      show("#silent", true);
    }, SILENT_AFTER);
    send("init");
  };

  if (embedded) {
    for (const target of [window, document]) target.addEventListener("message", listen);
    window.addEventListener("pagehide", () => clearInterval(calling));
    call();
    setTimeout(() => { if (!answered) reveal(); }, PICKER_AFTER);
    tell();
    new ResizeObserver(tell).observe(app);
    // What is out of sight is not drawn, and so not observed.
    setInterval(tell, LOOK_EVERY);
  } else reveal();
  speak();
})();
