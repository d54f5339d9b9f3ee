/* A page of a marketplace with the mini-app in it: the order is the main one, and the page itself
   goes to its payment. The buyer comes back by the addresses that the order names. */
import { host, leaveFor, part, say, webAddress } from "./page.js";
import { fitHeight, openTalk } from "./talk.js";

const slot = part("frame-slot");

const finish = (text, kind) => {
  talk.close();
  say(text, kind);
};

const pay = (data) => {
  const address = webAddress(data);
  if (address) leaveFor(address);
  return Boolean(address);
};

const talk = openTalk({
  slot,
  dress: (frame) => {
    frame.setAttribute("scrolling", "no");
    frame.height = slot.dataset.height;
  },
  currentData: () => host.init,
  reactions: {
    height: fitHeight(() => talk),
    done: ({ data }) => {
      if (!pay(data)) finish(host.texts.finished, "good");
    },
    checkout: ({ data }) => {
      if (host.checkout) pay(data);
    },
    unavailable: () => finish(host.texts.unavailable, "error"),
  },
});
