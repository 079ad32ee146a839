// This script shows frames byte by byte, as closeframe decode does.
"use strict";

const perRow = 8; // bytes

// pairs splits a string of hexadecimal digits into bytes.
const pairs = (hex) => (hex ?? "").match(/../g) ?? [];

function sizeOf(n) {
	return say(n === 1 ? "oneByte" : "bytes", n);
}

function showFrames(title, report) {
	const box = el("section", {class: "card"}, el("h3", {}, title));
	if (report.frames.length === 0) box.append(el("p", {}, say("noFrames")));
	for (const f of report.frames) {
		box.append(el("div", {class: "frame"},
			el("h4", {}, say("frameOf", words.types[f.type], sizeOf(f.size))),
			frameTable(f),
			frameSummary(f)));
	}
	return box;
}

function frameTable(f) {
	const rows = [];
	let lastOffset = -1, unmasked = false;
	const add = (offset, bytes, bits, field, meaning, fault) => rows.push(el("tr", fault ? {class: "fault"} : {},
		el("td", {class: "number"}, offset),
		el("td", {class: "bytes"}, bytes, bits ? el("span", {class: "bits"}, bytes ? "  " : "", bits) : null),
		el("td", {class: "field"}, field),
		el("td", {}, fault ? `${say("fault")} ${meaning}` : meaning)));
	const addBytes = (offset, all, more, field, meaning, fault) => {
		for (let i = 0; i < all.length; i += perRow) {
			const end = i + perRow >= all.length;
			add(i === 0 ? offset : "", all.slice(i, i + perRow).join(" ") + (end && more ? " …" : ""), "", i === 0 ? field : "", i === 0 ? meaning : "", fault);
		}
	};
	f.spans.forEach((s, i) => {
		let bytes = pairs(s.bytes);
		if (s.unmasked !== undefined) {
			if (!unmasked) { // the masked bytes as a whole, before the unmasked fields
				unmasked = true;
				const rest = f.spans.slice(i), size = rest.reduce((n, x) => n + x.length, 0);
				const all = rest.flatMap((x) => pairs(x.bytes));
				addBytes(s.offset, all, all.length < size, say("masked"), sizeOf(size), false);
				add("", say("unmasked"), "", "", "", false);
				lastOffset = -1;
			}
			bytes = pairs(s.unmasked);
		}
		const offset = s.offset === lastOffset ? "" : s.offset;
		const field = words.fields[s.field];
		if (s.bits) {
			add(offset, offset === "" ? "" : bytes[0], s.bits, field, s.meaning, s.fault);
		} else if (s.field === "reason" && !s.fault) {
			rowsOf(bytes).forEach((p, i) => add(i === 0 ? offset : "", p.bytes.join(" "), "", i === 0 ? field : "", p.text, false));
		} else {
			addBytes(offset, bytes, s.length > bytes.length, field, s.meaning, s.fault);
		}
		lastOffset = s.offset;
	});
	return el("table", {},
		el("thead", {}, el("tr", {}, el("th", {scope: "col", class: "number"}, say("offset")), ...["bytesHead", "field", "meaning"].map((k) => el("th", {scope: "col"}, say(k))))),
		el("tbody", {}, ...rows));
}

// rowsOf splits a reason into rows with their text, between characters.
function rowsOf(bytes) {
	const all = [];
	const decoder = () => new TextDecoder("utf-8", {fatal: true, ignoreBOM: true});
	for (let i = 0; i < bytes.length;) {
		const lead = parseInt(bytes[i], 16);
		let n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1, text;
		try {
			text = visible(decoder().decode(Uint8Array.from(bytes.slice(i, i + n), (b) => parseInt(b, 16))));
		} catch {
			n = 1;
			text = `\\x${bytes[i]}`;
		}
		if (all.length === 0 || all.at(-1).bytes.length + n > perRow) all.push({bytes: [], text: ""});
		all.at(-1).bytes.push(...bytes.slice(i, i + n));
		all.at(-1).text += text;
		i += n;
	}
	return all;
}

function frameSummary(f) {
	const dl = el("dl");
	const add = (term, ...text) => dl.append(el("dt", {}, say(term)), el("dd", {}, ...text));
	const c = f.close, v = f.verdict;
	if (c) {
		const code = `${c.code} ${c.name || ""}`.trim();
		add("code", f.length === 0 ? say("noCode", code) : lang === "en" || !c.name ? code : `${code} ${c.title}`);
		add("class", words.classes[c.class]);
		add("means", c.meaning);
		add("reason", c.reasonLength === 0 ? say("none") : el("bdi", {class: "mono"}, c.quoted), c.reasonLength === 0 ? null : say("space") + say("reasonOf", c.reasonLength));
	}
	for (const n of f.notes ?? []) add("note", n);
	const tag = {valid: "good", other: "plain"}[v.status] ?? "bad";
	add("verdict", el("span", {class: `tag ${tag}`}, say(v.status)), v.status === "valid" ? null : ` ${v.message}`);
	if (v.rule) add("rule", v.rule, say("colon"), el("q", {lang: "en"}, v.quote.replaceAll("_", "")));
	if (v.answer) add("answer", v.answer);
	return dl;
}
