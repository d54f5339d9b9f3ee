/* The host's side of the mini-app protocol, the same for every host: one open mini-app, its frame,
   its id and the words of both. Messages are heard from the frame's own window and origin only, and
   every one, in and out, is written to the sandbox's log. */
import { host, newId, record, say, webAddress } from "./page.js";

// How an ordinary frame is spoken to: objects, to the origin of the mini-app.
const frameChannel = {
  origin: host.origin,
  read: (data) => data,
  write: (frame, message) => frame.contentWindow.postMessage(message, host.origin),
};

const makeFrame = (id, title) => {
  const frame = document.createElement("iframe");
  const address = new URL(host.miniapp);
  address.searchParams.set("id", id);
  frame.dataset.testid = "miniapp-frame";
  frame.title = title;
  frame.src = address.href;
  return frame;
};

/* Open the mini-app in `slot`. `reactions` are what this host does on `done`, `checkout`, `height`
   and `unavailable`; `currentData` is what it answers to `init`. */
export const openTalk = ({ slot, dress, reactions, currentData, channel = frameChannel }) => {
  const id = newId();
  const frame = makeFrame(id, slot.dataset.title);
  let version = 1;
  let open = true;

  const post = (action, data) => {
    if (!open) return;
    const message = { id, action, data };
    channel.write(frame, message);
    record("out", message);
  };

  const known = {
    init: (message) => {
      version = Number.isInteger(message.version) ? message.version : 1;
      setTimeout(() => post("init", currentData()), host.delay);
    },
    link: ({ data }) => {
      const address = webAddress(data);
      if (address) window.open(channel.outside?.(address) ?? address, "_blank", "noopener");
    },
    error: ({ data }) => say(typeof data === "string" && data ? data : host.texts.error, "error"),
    ...reactions,
  };

  const hear = (event) => {
    if (event.origin !== channel.origin || event.source !== frame.contentWindow) return;
    const message = channel.read(event.data);
    if (typeof message !== "object" || message === null || message.id !== id) return;
    record("in", message);
    if (Object.hasOwn(known, message.action)) known[message.action](message);
  };

  const close = () => {
    open = false;
    removeEventListener("message", hear);
    slot.replaceChildren();
  };

  addEventListener("message", hear);
  dress(frame);
  slot.replaceChildren(frame);
  // A host of the first protocol has no word for changes, and an app of the first expects none.
  const update = () => {
    if (host.protocol >= 2 && version >= 2) post("updateData", currentData());
  };
  return { frame, post, update, close };
};

const LARGEST_HEIGHT = 20000;

/* The reaction of a host that gives the frame the height it asks for. */
export const fitHeight = (talk) => ({ data }) => {
  if (Number.isFinite(data) && data > 0) {
    talk().frame.height = String(Math.min(Math.ceil(data), LARGEST_HEIGHT));
  }
};
