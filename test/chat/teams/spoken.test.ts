import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AddressedLine, spokenIn } from "../../../src/chat/teams/inbound/message-text.ts";
import { botAccount, type Json } from "../../support/teams-server.ts";

/**
 * What a message in Teams says to us, in whichever form Teams sends it: only what begins with our
 * name, or is said to us alone, is said to us.
 */

const chidi = {
  id: "29:chidi",
  name: "Chidi Lindt",
  aadObjectId: "6f1c1f0e-0000-4000-8000-000000000003",
};
const ours = { type: "mention", mentioned: botAccount, text: "<at>Holdpoint</at>" };
const his = { type: "mention", mentioned: chidi, text: "<at>Chidi Lindt</at>" };
const line = "pause agents-eu-prod because x";

const personal: Json = { conversation: { conversationType: "personal" } };
const group: Json = { conversation: { id: "19:abc@thread.v2", conversationType: "groupChat" } };
const channel: Json = { conversation: { id: "19:abc@thread.tacv2", conversationType: "channel" } };

const heard = (activity: Json): AddressedLine =>
  spokenIn({ recipient: botAccount, ...activity }, (account, name) =>
    account === chidi.aadObjectId ? "chidi" : name === "Dana Weiss" ? "dana" : null,
  );

const html = (content: string): Json => ({ attachments: [{ contentType: "text/html", content }] });
const mention = (number: number, name: string) =>
  `<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="${number}">${name}</span>`;
const quote = `<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1795640000002"><strong itemprop="mri" itemid="8:orgid:1">Bob Okafor</strong><span itemprop="time" itemid="1795640000002"></span><p itemprop="preview">resume agents-eu-prod because fine</p></blockquote>`;

describe.each([
  ["a channel", channel],
  ["a group chat", group],
])("in %s", (_place, where) => {
  const noText = { type: "mention", mentioned: botAccount };

  test.each<[string, Json]>([
    ["its mention", { text: `<at>Holdpoint</at> ${line}`, entities: [ours] }],
    ["a mention without text", { text: `<at>Holdpoint</at> ${line}`, entities: [noText] }],
    [
      "a mention without text, by another form of our id",
      {
        text: `<at>Holdpoint</at> ${line}`,
        entities: [{ type: "mention", mentioned: { ...botAccount, id: botAccount.id.slice(3) } }],
      },
    ],
    [
      "a mention without text, that only has our name",
      {
        text: `<at>Holdpoint</at> ${line}`,
        entities: [{ type: "mention", mentioned: { id: "28:holdpoint", name: "Holdpoint" } }],
      },
    ],
    ["a mention that the activity does not list", { text: `<at>Holdpoint</at> ${line}` }],
    [
      "a mention with a number",
      { text: `<at id="0">Holdpoint</at>&nbsp;${line}`, entities: [noText] },
    ],
    ["its name alone, where it is mentioned", { text: `Holdpoint ${line}`, entities: [noText] }],
    [
      "its mention after spaces and marks",
      { text: `\u200b **<at>Holdpoint</at>**: ${line}`, entities: [ours] },
    ],
    [
      "its mention twice",
      { text: `<at>Holdpoint</at> <at>Holdpoint</at>, ${line}`, entities: [ours, ours] },
    ],
    [
      "a quote and its mention",
      { text: `<quoted messageId="1795640000002"/> <at>Holdpoint</at> ${line}`, entities: [ours] },
    ],
    [
      "its mention and a quote",
      {
        text: `<at>Holdpoint</at> <quoted messageId="1">resume x</quoted>${line}`,
        entities: [ours],
      },
    ],
    [
      "its mention, as HTML alone",
      {
        text: "",
        entities: [noText],
        ...html(`<div><div>${mention(0, "Holdpoint")}&nbsp;${line}</div></div>`),
      },
    ],
    [
      "its mention, as HTML without text",
      { entities: [ours], ...html(`<p><at id="0">Holdpoint</at>&nbsp;${line}</p>`) },
    ],
    [
      "its mention, as HTML in the text",
      { text: `<p><at>Holdpoint</at>&nbsp;${line}</p>`, entities: [ours] },
    ],
    [
      "an older quote and its mention",
      {
        text: `Bob Okafor resume agents-eu-prod because fine <at>Holdpoint</at> ${line}`,
        entities: [ours],
        ...html(`${quote}<p>${mention(0, "Holdpoint")} ${line}</p>`),
      },
    ],
    [
      "an older quote in the text and its mention",
      { text: `${quote}<p><at>Holdpoint</at> ${line}</p>`, entities: [ours] },
    ],
  ])("what begins with %s is said to us", (_how, activity) => {
    expect(heard({ ...where, ...activity })).toEqual({ line, to: "us" });
  });

  test.each<[string, Json]>([
    [
      "in the middle of a sentence",
      {
        text: "resume agents-eu-prod because that is what <at>Holdpoint</at> will ask for, but not yet",
        entities: [ours],
      },
    ],
    [
      "at the end",
      {
        text: "pause agents-eu-prod is what I would never say to <at>Holdpoint</at>",
        entities: [ours],
      },
    ],
    [
      "behind somebody else's",
      { text: `<at>Chidi Lindt</at> <at>Holdpoint</at> ${line}`, entities: [his, ours] },
    ],
    [
      "in what is quoted alone",
      {
        text: "",
        entities: [ours],
        ...html(`<blockquote>${mention(0, "Holdpoint")} ${line}</blockquote><p>no!</p>`),
      },
    ],
    [
      "in the middle, as HTML alone",
      {
        text: "",
        entities: [ours],
        ...html(`<p>I would tell ${mention(0, "Holdpoint")} ${line}</p>`),
      },
    ],
    ["nowhere in the text, though the activity lists it", { text: line, entities: [ours] }],
    ["as the beginning of another word", { text: `Holdpoints ${line}`, entities: [noText] }],
  ])("with our mention %s nothing is said to us", (_how, activity) => {
    expect(heard({ ...where, ...activity }).to).toBe("others-about-us");
  });

  test.each<[string, Json]>([
    ["without a mention", { text: line }],
    ["with somebody else's", { text: `<at>Chidi Lindt</at> ${line}`, entities: [his] }],
    [
      "with the mention of a person who calls themselves so",
      {
        text: `<at>Holdpoint</at> ${line}`,
        entities: [{ type: "mention", mentioned: { ...chidi, name: "Holdpoint" } }],
      },
    ],
    ["of nothing", { text: "" }],
  ])("a message %s is not for us", (_how, activity) => {
    expect(heard({ ...where, ...activity }).to).toBe("others");
  });

  test("another app of our name first, and then we, is not said to us", () => {
    const twin = {
      type: "mention",
      mentioned: { id: "28:staging", name: "Holdpoint" },
      text: "<at>Holdpoint </at>",
    };
    const activity = { text: `<at>Holdpoint</at> ${line}`, entities: [twin, noText] };

    expect(heard({ ...where, ...activity }).to).not.toBe("us");
  });
});

describe("said to us alone", () => {
  test.each<[string, Json, string]>([
    ["a line", { text: line }, line],
    ["our mention and a line", { text: `<at>Holdpoint</at> ${line}`, entities: [ours] }, line],
    [
      "a quote and a line",
      {
        text: `<quoted messageId="1795640000002"/> ${line}`,
        entities: [{ type: "quotedReply", quotedReply: { messageId: "1795640000002" } }],
      },
      line,
    ],
    ["a quote that is never closed", { text: `<quoted messageId="1"> ${line}` }, line],
    ["an older quote beside the line", { text: line, ...html(`${quote}<p>${line}</p>`) }, line],
    [
      "an older quote that is in the text too",
      {
        text: `Bob Okafor\nresume agents-eu-prod because fine\n${line}`,
        ...html(`${quote}\n<p>${line}</p>`),
      },
      line,
    ],
    ["an older quote in the text", { text: `${quote}<p>${line}</p>` }, line],
    ["only a quote, with the line in the text", { text: line, ...html(quote) }, line],
    ["HTML alone", { ...html(`<div>pause <b>agents-eu-prod</b><br>because&nbsp;x</div>`) }, line],
    [
      "HTML with signs",
      { ...html("<p>raise x because a &lt;b&gt; &amp; c</p>") },
      "raise x because a <b> & c",
    ],
    [
      "XML",
      { text: "pause agents-eu-prod because &lt;x&gt;", textFormat: "xml" },
      "pause agents-eu-prod because <x>",
    ],
    [
      "text that looks like a tag",
      { text: "pause x because a<b and c>d" },
      "pause x because a<b and c>d",
    ],
    [
      "a file beside the line",
      {
        text: `${line}<attachment id="1"></attachment>`,
        attachments: [{ contentType: "image/png" }],
      },
      line,
    ],
    ["nothing", {}, ""],
  ])("%s is read", (_what, activity, said) => {
    expect(heard({ ...personal, ...activity })).toEqual({ line: said, to: "us" });
  });

  test("our name further on stays a word, and people are called as the policy calls them", () => {
    const text =
      "away <at>Chidi Lindt</at> until 2027-01-01 because <at>Holdpoint</at> asked <at>Dana Weiss</at>";
    const dana = { type: "mention", mentioned: { id: "29:d", name: "Dana Weiss" } };

    expect(heard({ ...personal, text, entities: [his, ours, dana] }).line).toBe(
      "away chidi until 2027-01-01 because Holdpoint asked dana",
    );
  });
});

const marks = fc.constantFrom(
  "<at>",
  "</at>",
  "<at>Holdpoint</at>",
  "<quoted messageId='1'/>",
  "<quoted>",
  "</quoted>",
  "<p>",
  "</p>",
  "<blockquote>",
  "</blockquote>",
  "<span itemtype='x/Mention'>",
  "</span>",
  "<",
  ">",
  "&nbsp;",
  " ",
  "pause x",
  "é",
);

test("whatever is sent is read to an end, on one line, and is for us only behind our mention", () => {
  fc.assert(
    fc.property(fc.array(marks, { maxLength: 40 }), fc.boolean(), (parts, asHtml) => {
      const text = parts.join("");
      const activity = asHtml ? html(text) : { text };
      const { line: said, to } = heard({ ...channel, entities: [ours], ...activity });

      expect(said).toBe(said.replace(/\s+/g, " ").trim());
      if (!text.includes("Holdpoint")) expect(to).not.toBe("us");
    }),
  );
});

test("a body of the greatest length takes no longer than any other", () => {
  for (const part of [
    "<quoted ",
    "<quoted>",
    "<at>Holdpoint</at>",
    "<at ",
    "<p><blockquote>",
    "<attachment>",
  ]) {
    const text = part.repeat(Math.floor(250_000 / part.length));

    expect(heard({ ...channel, text, entities: Array(50).fill(ours) }).line.length).toBeLessThan(
      text.length,
    );
    expect(heard({ ...channel, ...html(text), entities: [ours] }).line.length).toBeLessThan(
      text.length + 1,
    );
  }
});
