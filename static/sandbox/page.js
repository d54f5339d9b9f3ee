/* What every host page has: its data, its notice, its log, its addresses. */

export const host = JSON.parse(document.getElementById("host-data").textContent);

export const part = (id) => document.getElementById(id);

export const say = (text, kind) => {
  const notice = part("notice");
  notice.textContent = text;
  notice.dataset.kind = kind;
  notice.hidden = !text;
};

// The log keeps the order of the talk, so the reports go one after another.
let reported = Promise.resolve();

export const record = (direction, message) => {
  const body = JSON.stringify({ direction, message });
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body };
  reported = reported.then(() => fetch(host.messages, options)).catch(() => {});
};

export const leaveFor = (address) => reported.then(() => location.assign(address));

export const webAddress = (text) => {
  if (typeof text !== "string") return null;
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
};

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
