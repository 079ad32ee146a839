// The page of closeframe lab. It opens a WebSocket to the server that served
// it, closes it in the way that the form says, and shows both ends.
//
// Nothing that comes from a connection or from the form ever becomes HTML: every
// text is put into the page as a text node.
"use strict";

const $ = (id) => document.getElementById(id);
const lang = document.documentElement.lang;

let words = {}, cases = [], profiles = [];
let last = null; // the last run, for the report

/** Makes an element. Children are elements, or texts. */
function el(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
	e.append(...children.filter((c) => c !== undefined && c !== null).map((c) => c instanceof Node ? c : String(c)));
	return e;
}

/** A text of the page's language, with its {placeholders} filled in. */
function say(key, values = {}) {
	return words.text[key].replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);
}

const caseOf = (id) => cases.find((c) => c.id === id);

/** A text without characters that cannot be seen, or that turn others around. */
const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

/** A text in quotes, which hide nothing. */
const quoted = (text) => visible(JSON.stringify(text));

/** An event as one line, as in the profiles. */
const line = (e) => `${e.code} ${quoted(e.reason)} wasClean ${e.wasClean}`;

const has = (events, e) => e !== null && events.some((x) => line(x) === line(e));

async function fetchOK(url) {
	const r = await fetch(url, {cache: "no-store"});
	if (!r.ok) throw new Error(`${r.status} ${(await r.text()).trim()}`);
	return r;
}

const getJSON = async (url) => (await fetchOK(url)).json();

// ---- a run -------------------------------------------------------------

/** Runs a case, and returns what both ends saw. */
async function play(c, code, reason) {
	const run = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
	const query = new URLSearchParams({run, case: c.id, lang});
	if (!c.clientCloses && c.takesCode) {
		query.set("code", code);
		query.set("reason", reason);
	}
	const seen = {case: c, code, reason, moments: [], event: null, thrown: null, server: null};
	if (c.ours) {
		seen.server = await getJSON(`play?${query}`);
		seen.event = seen.server.ours.event;
		seen.moments = seen.server.ours.moments;
		return seen;
	}
	await socket(c, code, reason, query, seen);
	seen.server = await getJSON(`result?run=${run}`);
	layClocks(seen);
	return seen;
}

/** The browser's part: one WebSocket, from its making to its close event. */
function socket(c, code, reason, query, seen) {
	return new Promise((resolve) => {
		const note = (what, text) => seen.moments.push({ms: performance.now(), what, text});
		note("new", "new WebSocket()");
		const ws = new WebSocket(`ws://${location.host}/ws?${query}`);
		ws.onopen = () => {
			note("open", "open");
			if (!c.clientCloses) return;
			const args = [];
			if (c.takesCode) {
				if (code !== "" || reason !== "") args.push(code === "" ? undefined : Number(code));
				if (reason !== "") args.push(reason);
			}
			const call = `close(${args.map((a) => typeof a === "string" ? quoted(a) : String(a)).join(", ")})`;
			note("call", call);
			try {
				ws.close(...args);
			} catch (e) {
				seen.thrown = e.name;
				note("throw", say("threw", {error: e.name}));
				note("call", "close()");
				ws.close();
			}
		};
		ws.onerror = () => note("error", "error");
		ws.onclose = (e) => {
			seen.event = {code: e.code, reason: e.reason, wasClean: e.wasClean};
			note("close", `close: ${line(seen.event)}`);
			resolve();
		};
	});
}

/**
 * Puts the browser's moments on the server's clock. The two are laid over each
 * other in the middle of what is possible: nothing arrives before it was sent.
 */
function layClocks(seen) {
	const there = (what) => seen.server.moments?.find((m) => m.what === what)?.ms;
	const here = (what) => seen.moments.findLast((m) => m.what === what)?.ms;
	const opened = there("opened");
	let least = opened - here("open"), most = opened - here("new");
	if (seen.case.clientCloses) most = Math.min(most, (there("received") ?? Infinity) - here("call"));
	if (Number.isNaN(least)) least = most; // it never opened
	const shift = Number.isFinite(most) ? (least + most) / 2 : -here("new");
	for (const m of seen.moments) m.ms += shift;
	const begin = here("new"); // the first of all
	for (const m of [...seen.moments, ...seen.server.moments ?? []]) m.ms -= begin;
}

// ---- one case ----------------------------------------------------------

function fillForm() {
	const c = caseOf($("case").value);
	$("code-field").hidden = $("reason-field").hidden = !c.takesCode;
	$("code").value = c.code;
	$("reason").value = c.reason;
	changed();
}

/** Tells what is wrong with the code, how long the reason is, and the link. */
function changed() {
	const c = caseOf($("case").value);
	const code = $("code").value.trim();
	const good = code === "" ? c.clientCloses || !c.takesCode : /^[0-9]{1,5}$/.test(code) && Number(code) < 65536;
	$("code").setCustomValidity(good ? "" : say("badCode"));
	$("reason-hint").textContent = say("reasonBytes", {n: new TextEncoder().encode($("reason").value).length});
	$("link").href = link();
}

function link() {
	const c = caseOf($("case").value);
	const q = new URLSearchParams({case: c.id});
	if (c.takesCode) {
		q.set("code", $("code").value.trim());
		q.set("reason", $("reason").value);
	}
	q.set("lang", lang);
	return `${location.origin}/?${q}`;
}

async function submit(event) {
	event.preventDefault();
	const c = caseOf($("case").value);
	const here = link();
	const focused = document.activeElement === $("run"); // which it loses while disabled
	$("run").disabled = true;
	const begin = Date.now();
	const tick = () => {
		$("status").textContent = say(c.slow ? "runningSlow" : "running", {s: Math.round((Date.now() - begin) / 1000)});
	};
	tick();
	const timer = setInterval(tick, c.slow ? 10000 : 1000);
	try {
		const seen = await play(c, $("code").value.trim(), $("reason").value);
		const codes = [...new Set([seen.event.code, seen.server.server.code])];
		seen.codes = new Map(await Promise.all(codes.map(async (n) => [n, await getJSON(`code.json?code=${n}&lang=${lang}`)])));
		seen.link = here;
		last = seen;
		show(seen);
		$("status").textContent = `${say("done")} ${line(seen.event)}`;
		// The address and the other language show the same case from now on.
		history.replaceState(null, "", here);
		for (const a of document.querySelectorAll("a.language")) {
			const u = new URL(here);
			u.searchParams.set("lang", a.hreflang);
			a.href = u;
		}
	} catch (e) {
		$("status").textContent = say("failed", {error: e.message});
	} finally {
		clearInterval(timer);
		$("run").disabled = false;
		if (focused) $("run").focus({preventScroll: true});
	}
}

const specification = "https://websockets.spec.whatwg.org/#dom-websocket-close";

/** Why it ended so: the sentence, the section, its words and where they stand. */
function because(seen) {
	const {why, rule, quote, href} = seen.server;
	if (seen.thrown === null) return {why, rule, quote, href};
	return {why: say(seen.thrown === "SyntaxError" ? "whyReasonThrew" : "whyCodeThrew"), rule: "WHATWG WebSockets, close(code, reason)", quote: "", href: specification};
}

/** Whether the browser did as the rules say. */
function judged(seen) {
	const {expected} = seen.server;
	if (seen.case.ours) return say("oursNote");
	if (has(expected, seen.event)) return say("asRule");
	return say("notRule", {event: expected.map(line).join(say("or"))});
}

function show(seen) {
	const {event, server} = seen;
	const b = because(seen);
	$("why").textContent = b.why;
	$("rule").replaceChildren(el("a", {href: b.href, rel: "noreferrer"}, b.rule));
	if (b.quote) $("rule").append(say("colon"), el("q", {lang: "en"}, b.quote.replaceAll("_", "")));
	$("judged").textContent = judged(seen);
	$("browser-title").textContent = seen.case.ours ? say("oursName") : browserName();
	showEvent($("browser-event"), event, seen.codes);
	$("browser-note").textContent = seen.thrown ? say("noEvent", {error: seen.thrown}) : "";
	showEvent($("server-event"), server.server, seen.codes);
	$("first").textContent = say({browser: "firstBrowser", server: "firstServer", both: "firstBoth", nobody: "firstNobody"}[server.first]);
	$("frames").replaceChildren(showFrames(say("toBrowser"), server.toBrowser), showFrames(say("toServer"), server.toServer));
	showTimeline(seen);
	$("report").hidden = true;
	$("copied").textContent = "";
	$("result").hidden = false;
	$("why").scrollIntoView({block: "nearest"});
}

/** The name and version of this browser, such as "Firefox 153". */
function browserName() {
	const brand = navigator.userAgentData?.brands?.find((b) => !/Not.*Brand/i.test(b.brand));
	if (brand) return `${brand.brand} ${brand.version}`;
	const m = navigator.userAgent.match(/(Firefox|Chrome|Version)\/(\d+)/);
	return m ? `${m[1] === "Version" ? "Safari" : m[1]} ${m[2]}` : say("here");
}

const clean = (e) => el("span", {class: `tag ${e.wasClean ? "good" : "bad"}`}, String(e.wasClean));

/** A reason, whichever way it is written. */
const reasonOf = (e) => el("bdi", {class: "mono"}, quoted(e.reason));

function showEvent(dl, e, codes) {
	const {name, title, meaning} = codes.get(e.code);
	dl.replaceChildren(
		el("dt", {class: "mono"}, "code"), el("dd", {class: "code"}, `${e.code} ${name || title}`),
		el("dt", {class: "mono"}, "reason"), el("dd", {}, reasonOf(e)),
		el("dt", {class: "mono"}, "wasClean"), el("dd", {}, clean(e)),
		el("dt", {}, say("means")), el("dd", {}, meaning));
}

// ---- frames, as closeframe decode shows them ---------------------------

const perRow = 8; // bytes

/** The bytes of a string of hexadecimal digits, two digits each. */
const pairs = (hex) => (hex ?? "").match(/../g) ?? [];

function sizeOf(n) {
	return say(n === 1 ? "oneByte" : "bytes", {n});
}

function showFrames(title, report) {
	const box = el("section", {class: "card"}, el("h3", {}, title));
	if (report.frames.length === 0) box.append(el("p", {}, say("noFrames")));
	for (const f of report.frames) {
		box.append(el("div", {class: "frame"},
			el("h4", {}, say("frameOf", {type: words.types[f.type], size: sizeOf(f.size)})),
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
			if (!unmasked) { // the masked bytes in one, before the fields in them
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
			pieces(bytes).forEach((p, i) => add(i === 0 ? offset : "", p.bytes.join(" "), "", i === 0 ? field : "", p.text, false));
		} else {
			addBytes(offset, bytes, s.length > bytes.length, field, s.meaning, s.fault);
		}
		lastOffset = s.offset;
	});
	return el("table", {},
		el("thead", {}, el("tr", {}, el("th", {scope: "col", class: "number"}, say("offset")), ...["bytesHead", "field", "meaning"].map((k) => el("th", {scope: "col"}, say(k))))),
		el("tbody", {}, ...rows));
}

/** Cuts a reason into rows that do not break a character, with their text. */
function pieces(bytes) {
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
		add("code", f.length === 0 ? say("noCode", {code}) : lang === "en" || !c.name ? code : `${code} ${c.title}`);
		add("class", words.classes[c.class]);
		add("means", c.meaning);
		add("reason", c.reasonLength === 0 ? say("none") : el("bdi", {class: "mono"}, c.quoted), c.reasonLength === 0 ? null : say("reasonOf", {n: c.reasonLength}));
	}
	for (const n of f.notes ?? []) add("note", n);
	const tag = {valid: "good", other: "plain"}[v.status] ?? "bad";
	add("verdict", el("span", {class: `tag ${tag}`}, say(v.status)), v.status === "valid" ? null : ` ${v.message}`);
	if (v.rule) add("rule", v.rule, say("colon"), el("q", {lang: "en"}, v.quote.replaceAll("_", "")));
	if (v.answer) add("answer", v.answer);
	return dl;
}

// ---- the timeline ------------------------------------------------------

/** What crosses, and which way: for the column between the two ends. */
const ways = {sent: "←", received: "→", end: "→ FIN", "peer-reset": "→ RST", "half-closed": "← FIN", reset: "← RST"};

/** Both ends' moments in order; the same again and again as one. */
function timeline(seen) {
	const here = seen.moments.map((m) => ({ms: m.ms, side: "here", text: m.text ?? say(m.what, {hex: pairs(m.hex).join(" ")}), way: ""}));
	const there = [];
	for (const m of seen.server.moments ?? []) {
		const before = there.at(-1);
		if (m.what === "sent" && before?.what === "sent") {
			before.hex += m.hex;
			before.n++;
		} else {
			there.push({ms: m.ms, side: "there", what: m.what, hex: m.hex ?? "", n: 1, way: ways[m.what] ?? ""});
		}
	}
	for (const m of there) {
		m.text = say(m.what, {hex: pairs(m.hex).join(" ")}) + (m.hex.endsWith("…") ? " …" : "");
		if (m.n > 1) m.text += say("pieces", {n: m.n});
	}
	return [...here, ...there].sort((a, b) => a.ms - b.ms);
}

function showTimeline(seen) {
	$("timeline").replaceChildren(
		el("thead", {}, el("tr", {},
			el("th", {scope: "col", class: "number"}, say("ms")),
			el("th", {scope: "col", class: "here"}, seen.case.ours ? say("oursName") : say("here")),
			el("th", {scope: "col", class: "way"}, say("wire")),
			el("th", {scope: "col"}, say("there")))),
		el("tbody", {}, ...timeline(seen).map((m) => el("tr", {},
			el("td", {class: "number"}, m.ms.toFixed(1)),
			el("td", {class: "here"}, m.side === "here" ? m.text : ""),
			el("td", {class: "way"}, m.way),
			el("td", {}, m.side === "there" ? m.text : "")))));
}

// ---- the report --------------------------------------------------------

function report(seen) {
	const s = seen.server, b = because(seen);
	const sent = (r) => r.frames.map((f) => f.spans.filter((x, i) => i === 0 || f.spans[i - 1].offset !== x.offset)
		.map((x) => pairs(x.bytes).join(" ") + (pairs(x.bytes).length < x.length ? " …" : "")).join(" ")).join(" | ") || "–";
	const name = seen.case.ours ? say("oursName") : say("here");
	return [
		`closeframe lab: ${seen.case.name}`,
		seen.link,
		navigator.userAgent,
		"",
		`${name}: ${line(seen.event)}${seen.thrown ? ` (${seen.thrown})` : ""}`,
		`${say("there")}: ${line(s.server)}`,
		`${say("byRule")}: ${s.expected.map(line).join(say("or"))}`,
		"",
		`${b.why} ${b.rule}${b.quote ? `: "${b.quote}"` : ""}`,
		judged(seen),
		"",
		`${say("toBrowser")}: ${sent(s.toBrowser)}`,
		`${say("toServer")}: ${sent(s.toServer)}`,
		"",
		...timeline(seen).map((m) => `${m.ms.toFixed(1).padStart(9)} ms  ${m.side === "here" ? name : say("there")}: ${m.text}`),
		"",
	].join("\n");
}

async function copy() {
	const text = report(last);
	$("report").value = text;
	try {
		await navigator.clipboard.writeText(text);
		$("copied").textContent = say("copied");
	} catch {
		$("report").hidden = false;
		$("report").focus();
		$("report").select();
		$("copied").textContent = say("copyFailed");
	}
}

// ---- all cases ---------------------------------------------------------

/** The profile of this kind of browser. */
function ownProfile() {
	const ua = navigator.userAgent;
	const kind = /Firefox\//.test(ua) ? "firefox" : /Chrom(e|ium)\//.test(ua) ? "chromium" : /AppleWebKit\//.test(ua) ? "webkit" : "";
	return profiles.find((p) => p.kind === kind);
}

/** An event for a table, of a line. */
function eventCell(text) {
	const [, code, reason, wasClean] = text.match(/^(\d+) (".*") wasClean (true|false)$/s);
	return el("span", {class: "event"}, el("b", {}, code), " ", reason === '""' ? null : el("bdi", {}, reason), " ",
		el("span", {class: `tag ${wasClean === "true" ? "good" : "bad"}`}, say(wasClean === "true" ? "clean" : "notClean")));
}

/** The table of all cases, as it is saved. */
let table = null;

async function runAll() {
	$("run-all").disabled = true;
	table = null;
	delete $("all").dataset.done;
	const own = ownProfile();
	const chosen = cases.filter((c) => $("with-slow").checked || !c.slow);
	const columns = [say("tableCase"), say("tableHere"), say("byRule"), ...profiles.map((p) => p.name), say("tableSame")];
	const body = el("tbody", {role: "rowgroup"});
	$("all").replaceChildren(
		el("thead", {role: "rowgroup"}, el("tr", {role: "row"}, ...columns.map((c) => el("th", {scope: "col", role: "columnheader"}, c)))),
		body);
	$("all").hidden = false;
	const rows = new Map(chosen.map((c) => {
		const row = el("tr", {role: "row", "data-case": c.id}, el("th", {scope: "row", role: "rowheader"}, el("a", {href: `?case=${c.id}&lang=${lang}`}, c.name)));
		body.append(row);
		return [c.id, row];
	}));
	const results = new Map();
	const count = {n: 0, same: 0, different: 0, unknown: 0};
	const tell = () => { $("all-status").textContent = say("progress", {n: count.n, of: chosen.length}); };
	tell();
	const run = async (c) => {
		let seen = null, lines, expected, verdict;
		try {
			seen = await play(c, c.code, c.reason);
			lines = [line(seen.event)];
			expected = c.ours ? lines : seen.server.expected.map(line);
			const known = own?.events[c.id];
			verdict = !known ? "unknown" : known.includes(lines[0]) ? "same" : "different";
		} catch (e) {
			lines = [];
			expected = [];
			verdict = "different";
			$("status").textContent = say("failed", {error: e.message});
		}
		count.n++;
		count[verdict]++;
		const row = rows.get(c.id);
		results.set(c.id, {case: c.id, event: seen?.event ?? null, expected: c.ours ? [] : seen?.server.expected ?? [], verdict});
		const cells = [lines, expected, ...profiles.map((p) => p.events[c.id] ?? [])];
		row.append(...cells.map((l, i) => el("td", {role: "cell", "data-label": columns[i + 1]}, ...(l.length ? l.map(eventCell) : ["–"]))),
			el("td", {role: "cell", "data-label": columns.at(-1)}, el("span", {class: `tag ${{same: "good", different: "bad"}[verdict] ?? "plain"}`}, say(verdict))));
		tell();
	};
	// A few at once, for browsers allow a few connections only; and the slow
	// ones, which but wait, beside them.
	const queue = chosen.filter((c) => !c.slow);
	const worker = async () => { for (let c; (c = queue.shift());) await run(c); };
	await Promise.all([...chosen.filter((c) => c.slow).map(run), worker(), worker(), worker()]);
	$("all-status").textContent = own ? say("summary", {...count, profile: own.name}) : say("summaryUnknown", count);
	$("run-all").disabled = false;
	table = {browser: browserName(), userAgent: navigator.userAgent, cases: chosen.map((c) => results.get(c.id))};
	$("all").dataset.done = "true";
	if (document.body.dataset.save) await saveToLab();
}

/** Has the lab save the table in the file that its user named. */
async function saveToLab() {
	const r = await fetch("table", {method: "POST", body: JSON.stringify(table)});
	if (!r.ok) $("all-status").textContent = say("failed", {error: await r.text()});
}

// ---- start -------------------------------------------------------------

async function start() {
	let known;
	[words, cases, known] = await Promise.all([getJSON(`words.json?lang=${lang}`), getJSON(`cases.json?lang=${lang}`), getJSON("profiles.json")]);
	profiles = known.profiles;
	const q = new URLSearchParams(location.search);
	if (caseOf(q.get("case"))) $("case").value = q.get("case");
	fillForm();
	if (q.has("code")) $("code").value = q.get("code");
	if (q.has("reason")) $("reason").value = q.get("reason");
	changed();
	$("case").addEventListener("change", fillForm);
	$("code").addEventListener("input", changed);
	$("reason").addEventListener("input", changed);
	$("form").addEventListener("submit", submit);
	$("copy").addEventListener("click", copy);
	$("run-all").addEventListener("click", runAll);
	document.body.dataset.ready = "true";
	if (caseOf(q.get("case"))) $("form").requestSubmit();
	if (q.has("all")) {
		$("with-slow").checked = q.get("all") !== "quick";
		runAll();
	}
}

start().catch((e) => { $("status").textContent = e.message; });
