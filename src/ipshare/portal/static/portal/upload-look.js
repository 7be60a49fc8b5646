/* What can be known of a file before a byte of it is sent: whether it is whole, what a zip holds, whether it is locked.
   Only ends and directories are read, so a file of many GB takes no longer. What is refused here the hub would refuse
   when every byte had come; what is only said here would be found when the file is opened. */
const MIB = 1024 * 1024;
const END = 22; // bytes of a zip's end record (APPNOTE 4.3.16), before its comment
const LONGEST = 0xffff; // of that comment
const MOST = 200_000; // entries that the hub takes in one package
const DIRECTORY = 64 * MIB; // a larger one is left to the hub
const CUT = "The file was cut off, or is still being written. Make it again, or copy it again to this machine";

const bytes = async (file, from, to) => new Uint8Array(await file.slice(Math.max(0, from), to).arrayBuffer());
const view = (array) => new DataView(array.buffer, array.byteOffset, array.byteLength);
const counted = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const begins = (array, ...start) => start.every((one, at) => array[at] === one);

/* Where the directory lies and how many entries it has; null where the end of the zip is not there. */
const directory = async (file) => {
  const start = Math.max(0, file.size - END - LONGEST);
  const tail = await bytes(file, start, file.size);
  const told = view(tail);
  for (let at = tail.length - END; at >= 0; at -= 1) {
    if (!begins(tail.subarray(at, at + 4), 0x50, 0x4b, 5, 6) || at + END + told.getUint16(at + 20, true) !== tail.length) continue;
    let [entries, size, offset] = [told.getUint16(at + 10, true), told.getUint32(at + 12, true), told.getUint32(at + 16, true)];
    let end = start + at;
    if (entries === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
      if (at < 20 || !begins(tail.subarray(at - 20, at - 16), 0x50, 0x4b, 6, 7)) return null;
      end = Number(told.getBigUint64(at - 12, true));
      const wide = await bytes(file, end, end + 56);
      if (wide.length < 56 || !begins(wide, 0x50, 0x4b, 6, 6)) return null;
      [entries, size, offset] = [32, 40, 48].map((place) => Number(view(wide).getBigUint64(place, true)));
    }
    return offset + size <= end ? { entries, size, offset } : null;
  }
  return null;
};

/* What the directory says of its entries. */
const members = (array, entries) => {
  const told = view(array);
  const text = new TextDecoder("utf-8");
  const found = { read: 0, files: 0, xml: 0, locked: 0, packed: 0 };
  for (let at = 0; found.read < entries && at + 46 <= array.length && begins(array.subarray(at, at + 4), 0x50, 0x4b, 1, 2); found.read += 1) {
    const [flags, method] = [told.getUint16(at + 8, true), told.getUint16(at + 10, true)];
    const [name, extra, comment] = [28, 30, 32].map((place) => told.getUint16(at + place, true));
    const called = text.decode(array.subarray(at + 46, at + 46 + name)).toLowerCase();
    if (!called.endsWith("/")) {
      found.files += 1;
      if (called.endsWith(".xml")) found.xml += 1;
      if (flags & 1 || method === 99) found.locked += 1;
      else if (method !== 0 && method !== 8) found.packed += 1;
    }
    at += 46 + name + extra + comment;
  }
  return found;
};

const zip = async (file) => {
  const place = await directory(file);
  if (!place) return { refused: `the zip directory at its end is missing. ${CUT}.` };
  if (place.entries === 0) return { refused: "the zip holds nothing. Make it again with the files in it." };
  const notices = [];
  if (place.entries > MOST) notices.push(`It has ${place.entries.toLocaleString("en")} entries; the hub takes ${MOST.toLocaleString("en")} in one package. Send it in several.`);
  if (place.size > DIRECTORY) return { notices, holds: counted(place.entries, "file") };
  const found = members(await bytes(file, place.offset, place.offset + place.size), place.entries);
  if (found.read !== place.entries) notices.push("The zip directory is damaged; the hub would refuse the package when it opens it. Make the zip again.");
  if (found.locked) notices.push(`${counted(found.locked, "file")} inside ${found.locked === 1 ? "is" : "are"} locked with a password; the hub cannot open them and refuses the package. Make the zip without a password.`);
  if (found.packed) notices.push(`${counted(found.packed, "file")} inside ${found.packed === 1 ? "is" : "are"} packed in a way that the hub does not read. Make the zip with the usual method (deflate).`);
  if (!found.xml && found.read === place.entries) notices.push("No XML file is inside, so no record would be read. That is right only where you send pictures or withdrawn numbers alone.");
  return { notices, holds: `${counted(found.files, "file")}, ${found.xml.toLocaleString("en")} of them XML` };
};

/* The text after white space, comments and processing instructions; null where one of them does not end. */
const after = (text) => {
  for (let rest = text.trimStart(); ; rest = rest.trimStart()) {
    const [open, close] = [["<!--", "-->"], ["<?", "?>"]].find(([begin]) => rest.startsWith(begin)) ?? [];
    if (!open) return rest;
    const end = rest.indexOf(close, open.length);
    if (end < 0) return null;
    rest = rest.slice(end + close.length);
  }
};

/* XML in one of ASCII's kin: the end tag of the root element, with nothing but comments behind it. */
const xml = async (file) => {
  const text = new TextDecoder("latin1");
  const head = after(text.decode(await bytes(file, 0, MIB / 16)).replace(/^\u00ef\u00bb\u00bf/, ""));
  const root = /^<(?:!DOCTYPE\s+)?([^\s<>/!?[]+)/.exec(head ?? "")?.[1];
  const tail = text.decode(await bytes(file, file.size - MIB / 16, file.size));
  if (!root || tail.trimEnd().endsWith("/>")) return {};
  const last = tail.lastIndexOf(`</${root}`);
  const end = /^\s*>/.exec(tail.slice(last + 2 + root.length))?.[0];
  const whole = last >= 0 && end && after(tail.slice(last + 2 + root.length + end.length)) === "";
  return whole ? {} : { refused: `its end tag </${root.slice(0, 60)}> is missing. ${CUT}.` };
};

/* {refused, notices, holds}: why it is not worth sending, what to look at before, what is in it; each may be empty. */
export const look = async (file) => {
  const head = await bytes(file, 0, 4);
  const name = file.name.toLowerCase();
  let found = {};
  if (begins(head, 0x50, 0x4b, 3, 4) || begins(head, 0x50, 0x4b, 5, 6)) found = await zip(file);
  else if (name.endsWith(".zip")) found = { notices: ["The name says .zip, and the file is none: it does not begin as a zip does."] };
  else if (name.endsWith(".gz") && !begins(head, 0x1f, 0x8b)) found = { notices: ["The name says .gz, and the file is none: it does not begin as gzip does."] };
  else if (begins(head, 0x3c) && head[1] !== 0) found = await xml(file);
  else if (begins(head, 0xef, 0xbb, 0xbf)) found = await xml(file);
  return { refused: "", notices: [], holds: "", ...found };
};
