/* The Invoicebox app: a WebView with the mini-app, over which the payment opens. What is said to the
   mini-app goes through the bridge inside its page (webview.js), strings in and out. */
import { host, part, record, say, webAddress } from "./page.js";
import { openTalk } from "./talk.js";

const slot = part("frame-slot");
const payment = part("payment");
const paymentSlot = part("payment-slot");
// Long enough to read that it is paid.
const RETURN_MS = 1500;
const OLD_WORDS = { completed: "paid", hold: "pending", expired: "canceled", unknown: "pending" };

const tell = (frame, order) => frame.contentWindow.postMessage({ native: order }, host.webview);

const webview = {
  origin: host.webview,
  read: (data) => {
    // Nothing but text can cross the bridge.
    try {
      return typeof data === "string" ? JSON.parse(data) : null;
    } catch {
      return null;
    }
  },
  write: (frame, message) => {
    const { transport, target, sender } = host;
    tell(frame, { say: transport === "string" ? JSON.stringify(message) : message, target, sender });
  },
  // The pages shown here stand elsewhere for everybody else.
  outside: (address) => address.replace(host.webview, host.origin),
};

let talk = null;
// The payment under way, and whether the mini-app waits for its result; null while there is none.
let paying = null;

const showHome = (text, kind) => {
  talk?.close();
  talk = null;
  slot.hidden = true;
  part("home").hidden = false;
  say(text, kind);
};

/* ---- the payment ---- */

// How the payment ended, and what closing it now would mean; null on a page of another provider.
const shown = () => {
  try {
    return paymentSlot.firstElementChild?.contentDocument?.querySelector("[data-outcome]")?.dataset ?? null;
  } catch {
    return null;
  }
};

const isOurs = (address) => address.startsWith(host.payments);

const openPayment = (address, { waits }) => {
  const frame = document.createElement("iframe");
  frame.title = payment.dataset.title;
  frame.dataset.testid = "payment-frame";
  // A payment that nobody waits for is an ordinary page, and may lead back to the shop.
  frame.src = waits && isOurs(address) ? `${new URL(address).pathname}?${host.view}` : address;
  frame.addEventListener("load", () => {
    if (waits && shown()?.outcome) setTimeout(closePayment, RETURN_MS, frame);
  });
  paying = { waits, frame };
  paymentSlot.replaceChildren(frame);
  payment.hidden = false;
};

const closePayment = (frame) => {
  if (!paying || paying.frame !== frame) return;
  const { waits } = paying;
  const page = shown();
  paying = null;
  paymentSlot.replaceChildren();
  payment.hidden = true;
  if (waits && talk) resume(page ? page.outcome || page.closedAs : "unknown");
};

const resume = (truth) => {
  slot.hidden = false;
  tell(talk.frame, { hidden: false });
  const word = host.protocol >= 2 ? truth : (OLD_WORDS[truth] ?? truth);
  talk.post("paymentResult", host.result ?? word);
};

/* ---- the mini-app ---- */

const unlessPaused = (react) => (message) => {
  if (!paying) react(message);
};

const reactions = {
  checkout: unlessPaused(({ data }) => {
    const address = webAddress(data);
    if (!host.checkout || !address) return;
    tell(talk.frame, { hidden: true });
    slot.hidden = true;
    openPayment(address, { waits: true });
  }),
  done: unlessPaused(({ data }) => {
    const address = webAddress(data);
    showHome(address ? "" : host.texts.finished, "good");
    if (address) openPayment(address, { waits: false });
  }),
  unavailable: unlessPaused(() => showHome(host.texts.unavailable, "error")),
};

const openApp = () => {
  part("home").hidden = true;
  slot.hidden = false;
  say("", "");
  talk = openTalk({
    slot,
    channel: webview,
    currentData: () => host.init,
    reactions,
    dress: (frame) => {
      // A WebView tells its page nothing of where it stands.
      frame.referrerPolicy = "no-referrer";
    },
  });
};

part("app-open").addEventListener("click", openApp);
part("app-close").addEventListener("click", () => {
  if (paying) closePayment(paying.frame);
  showHome("", "");
});
part("payment-close").addEventListener("click", () => closePayment(paying.frame));
openApp();
