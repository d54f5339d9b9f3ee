/* The host's side of the mini-app protocol: opens the frame, answers its messages, shows what was
   added. Everything shown comes from the server; messages are heard from the frame's own window
   and origin only, and every one, in and out, is written to the sandbox's log. */
(() => {
  "use strict";

  const host = JSON.parse(document.getElementById("host-data").textContent);
  const LARGEST_HEIGHT = 20000;
  const REFRESH_MS = 5000;
  const part = (id) => document.getElementById(id);
  const card = part("service");
  const slot = part("frame-slot");
  const notice = part("notice");
  const contacts = part("contacts");
  const isSuborder = host.init.public.minappType === "suborder";
  const isFullHeight = host.init.public.fullHeight === true;

  // The open mini-app: {id, frame, version}; null while none is open.
  let session = null;

  // The log keeps the order of the talk, so the reports go one after another.
  let reported = Promise.resolve();
  const record = (direction, message) => {
    const body = JSON.stringify({ direction, message });
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    reported = reported.then(() => fetch(host.messages, options)).catch(() => {});
  };

  const leaveFor = (address) => reported.then(() => location.assign(address));

  const say = (text, kind) => {
    notice.textContent = text;
    notice.dataset.kind = kind;
    notice.hidden = !text;
  };

  const show = (state) => {
    card.dataset.state = state;
    part("service-add").hidden = state !== "idle";
    part("service-close").hidden = state !== "open";
    part("service-remove").hidden = state !== "added";
    part("service-more").hidden = state !== "added";
    part("service-offer").hidden = state === "added";
    part("service-sum").hidden = state !== "added";
  };

  const webAddress = (text) => {
    try {
      const url = new URL(text);
      return ["http:", "https:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  };

  /* ---- the bill ---- */

  const draw = (bill) => {
    const added = bill.services.length > 0;
    part("total").textContent = bill.totalText;
    part("vat").textContent = bill.vatText;
    part("service-sum").textContent = bill.serviceText;
    part("service-row-sum").textContent = bill.serviceText.split(" • ")[0];
    part("service-row").hidden = !added;
    if (!session) show(added ? "added" : "idle");
  };

  const ask = async (address, method = "GET") => {
    const response = await fetch(address, { method });
    if (!response.ok) throw new Error(String(response.status));
    const bill = await response.json();
    draw(bill);
    return bill;
  };

  const refresh = () => ask(host.bill).catch(() => say(host.texts.offline, "error"));

  /* ---- the frame ---- */

  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const open = () => {
    if (session) return;
    const id = newId();
    const address = new URL(host.miniapp);
    address.searchParams.set("id", id);
    const frame = document.createElement("iframe");
    frame.dataset.testid = "miniapp-frame";
    frame.title = slot.dataset.title;
    frame.setAttribute("scrolling", isFullHeight ? "auto" : "no");
    frame.height = slot.dataset.height;
    frame.src = address.href;
    session = { id, frame, version: 1 };
    say("", "");
    slot.replaceChildren(frame);
    show("open");
  };

  const close = () => {
    session = null;
    slot.replaceChildren();
  };

  const buyer = () => Object.fromEntries([...new FormData(contacts)].map(([name, text]) => [name, text.trim()]));

  const currentData = () => ({ ...host.init, public: { ...host.init.public, ...buyer() } });

  const post = (to, action, data) => {
    if (session !== to) return;
    const message = { id: to.id, action, data };
    to.frame.contentWindow.postMessage(message, host.origin);
    record("out", message);
  };

  /* ---- what the mini-app may say ---- */

  const finish = async (address) => {
    close();
    if (!isSuborder && address) {
      leaveFor(address);
      return;
    }
    try {
      const bill = await ask(host.bill);
      say(bill.services.length ? host.texts.added : host.texts.finished, "good");
    } catch {
      show("idle");
      say(host.texts.offline, "error");
    }
  };

  const reactions = {
    init: (message) => {
      const asking = session;
      asking.version = Number.isInteger(message.version) ? message.version : 1;
      setTimeout(() => post(asking, "init", currentData()), host.delay);
    },
    height: ({ data }) => {
      if (!isFullHeight && Number.isFinite(data) && data > 0) {
        session.frame.height = String(Math.min(Math.ceil(data), LARGEST_HEIGHT));
      }
    },
    done: ({ data }) => finish(typeof data === "string" ? webAddress(data) : null),
    checkout: ({ data }) => {
      // A host of the first protocol does not know this word and drops it.
      const address = webAddress(data);
      if (host.protocol >= 2 && address) leaveFor(address);
    },
    link: ({ data }) => {
      const address = webAddress(data);
      if (address) window.open(address, "_blank", "noopener");
    },
    error: ({ data }) => say(typeof data === "string" && data ? data : host.texts.error, "error"),
    unavailable: () => {
      close();
      say(host.texts.unavailable, "error");
      refresh();
    },
  };

  addEventListener("message", (event) => {
    const message = event.data;
    if (!session || event.origin !== host.origin || event.source !== session.frame.contentWindow) return;
    if (typeof message !== "object" || message === null || message.id !== session.id) return;
    record("in", message);
    if (Object.hasOwn(reactions, message.action)) reactions[message.action](message);
  });

  /* ---- what the buyer may do ---- */

  card.addEventListener("click", () => {
    if (card.dataset.state === "idle") open();
  });
  part("service-close").addEventListener("click", () => {
    close();
    refresh();
  });
  part("service-more").addEventListener("click", open);
  part("service-remove").addEventListener("click", () => {
    ask(host.cancel, "POST").then(
      () => say(host.texts.removed, "good"),
      () => say(host.texts.offline, "error"),
    );
  });
  contacts.addEventListener("change", () => {
    if (session && host.protocol >= 2 && session.version >= 2) post(session, "updateData", currentData());
  });
  contacts.addEventListener("submit", (event) => event.preventDefault());

  // An added order may expire while the page is open.
  setInterval(() => {
    if (card.dataset.state === "added") refresh();
  }, REFRESH_MS);

  // Coming back from the payment with the browser's own Back shows what is true by then.
  addEventListener("pageshow", (event) => {
    if (event.persisted) refresh();
  });
})();
