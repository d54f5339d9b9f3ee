/* A carrier's payment page: the service card, the bill beside it, the buyer's contacts.
   Every sum shown comes from the server. */
import { host, leaveFor, part, say, webAddress } from "./page.js";
import { fitHeight, openTalk } from "./talk.js";

// A timer cannot be set further off than this, by far.
const LONGEST_WAIT_MS = 3600000;
const card = part("service");
const slot = part("frame-slot");
const contacts = part("contacts");
const isSuborder = host.init.public.minappType === "suborder";
const isFullHeight = host.init.public.fullHeight === true;

// The open mini-app, null while none is.
let talk = null;
let expiredBefore = 0;
let expiry = 0;

const show = (state) => {
  card.dataset.state = state;
  part("service-add").hidden = state !== "idle";
  part("service-close").hidden = state !== "open";
  part("service-remove").hidden = state !== "added";
  part("service-more").hidden = state !== "added";
  part("service-offer").hidden = state === "added";
  part("service-sum").hidden = state !== "added";
};

/* ---- the bill ---- */

const serviceRow = (service) => {
  const row = part("service-row").content.firstElementChild.cloneNode(true);
  row.dataset.order = service.id;
  row.querySelector("[data-name]").textContent = service.description;
  row.querySelector("[data-detail]").textContent = service.names.join(" · ");
  row.querySelector("[data-sum]").textContent = service.amountText;
  row.querySelector("button").addEventListener("click", () => remove(service.id));
  return row;
};

const draw = (bill) => {
  part("total").textContent = bill.totalText;
  part("vat").textContent = bill.vatText;
  part("service-sum").textContent = bill.serviceText;
  part("service-rows").replaceChildren(...bill.services.map(serviceRow));
  if (bill.expired.length > expiredBefore) say(host.texts.expired, "error");
  expiredBefore = bill.expired.length;
  clearTimeout(expiry);
  if (bill.nextExpiryMs !== null) expiry = setTimeout(refresh, Math.min(bill.nextExpiryMs, LONGEST_WAIT_MS));
  if (!talk) show(bill.services.length ? "added" : "idle");
};

const ask = async (address, method = "GET") => {
  const response = await fetch(address, { method });
  if (!response.ok) throw new Error(String(response.status));
  const bill = await response.json();
  draw(bill);
  return bill;
};

const refresh = () => ask(host.bill).catch(() => say(host.texts.offline, "error"));

const remove = (orderId) => {
  const named = orderId ? `&order=${encodeURIComponent(orderId)}` : "";
  ask(host.cancel + named, "POST").then(
    () => say(host.texts.removed, "good"),
    () => say(host.texts.offline, "error"),
  );
};

/* ---- the mini-app ---- */

const buyer = () => Object.fromEntries([...new FormData(contacts)].map(([name, text]) => [name, text.trim()]));
const currentData = () => ({ ...host.init, public: { ...host.init.public, ...buyer() } });

const dress = (frame) => {
  frame.setAttribute("scrolling", isFullHeight ? "auto" : "no");
  frame.height = slot.dataset.height;
};

const close = () => {
  talk?.close();
  talk = null;
};

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
  height: isFullHeight ? () => {} : fitHeight(() => talk),
  done: ({ data }) => finish(webAddress(data)),
  checkout: ({ data }) => {
    // A host of the first protocol does not know this word and drops it.
    const address = webAddress(data);
    if (host.protocol >= 2 && address) leaveFor(address);
  },
  unavailable: () => {
    close();
    say(host.texts.unavailable, "error");
    refresh();
  },
};

const open = () => {
  if (talk) return;
  say("", "");
  talk = openTalk({ slot, dress, reactions, currentData });
  show("open");
};

/* ---- what the buyer may do ---- */

card.addEventListener("click", () => {
  if (card.dataset.state === "idle") open();
});
part("service-close").addEventListener("click", () => {
  close();
  refresh();
});
part("service-more").addEventListener("click", open);
part("service-remove").addEventListener("click", () => remove());
contacts.addEventListener("change", () => talk?.update());
contacts.addEventListener("submit", (event) => event.preventDefault());

// The order may have been cancelled in another window meanwhile.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && card.dataset.state === "added") refresh();
});

// Coming back from the payment with the browser's own Back shows what is true by then.
addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});
