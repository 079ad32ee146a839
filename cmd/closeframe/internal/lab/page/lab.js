// This script is the page of closeframe lab. It opens a WebSocket to its own
// server, closes it as selected in the form, and shows both ends.
//
// No input from a connection or from the form becomes HTML: every text is
// inserted as a text node.
"use strict";

const $ = (id) => document.getElementById(id);
const runText = $("run").textContent;
const lang = document.documentElement.lang;

let words = {}, cases = [], profiles = [];
let last = null; // the last run, for the report

// el creates an element. Children are elements or texts.
function el(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [k, v] of Object.entries(attributes || {})) e.setAttribute(k, v);
	e.append(...children.filter((c) => c !== undefined && c !== null).map((c) => c instanceof Node ? c : String(c)));
	return e;
}

// say returns a text in the page's language, with values inserted as by Go's
// fmt.
function say(key, ...values) {
	let next = 0;
	return words.text[key].replace(/%(?:\[(\d+)\])?[sd]/g, (verb, n) => values[n ? n - 1 : next++]);
}

const caseOf = (id) => cases.find((c) => c.id === id);

// visible escapes invisible characters and those that change the direction of
// text.
const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

// quoted returns a text in quotes, with invisible characters escaped.
const quoted = (text) => visible(JSON.stringify(text));

// line returns an event as one line, as in the profiles.
const line = (e) => `${e.code} ${quoted(e.reason)} wasClean ${e.wasClean}`;

const has = (events, e) => e !== null && events.some((x) => line(x) === line(e));

async function fetchOK(url) {
	const r = await fetch(url, {cache: "no-store"});
	if (!r.ok) throw new Error(`${r.status} ${(await r.text()).trim()}`);
	return r;
}

const getJSON = async (url) => (await fetchOK(url)).json();

// ---- a run -------------------------------------------------------------

// play runs a case and returns the record of both ends.
async function play(c, code, reason, url = "") {
	const run = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
	const query = new URLSearchParams({run, case: c.id, lang});
	if (c.takesURL) query.set("url", url);
	if (!c.clientCloses && c.takesCode) {
		query.set("code", code);
		query.set("reason", reason);
	}
	const seen = {case: c, code, reason, steps: [], event: null, thrown: null, server: null};
	if (c.ours) {
		seen.server = await getJSON(`play?${query}`);
		seen.event = seen.server.ours.event;
		seen.steps = seen.server.ours.steps;
		return seen;
	}
	await socket(c, code, reason, query, seen);
	seen.server = await getJSON(`result?run=${run}&lang=${lang}`);
	if (seen.server.refused) throw new Error(seen.server.refused);
	alignClocks(seen);
	return seen;
}

// socket is the browser's part of a case: one WebSocket, from its creation to
// its close event.
function socket(c, code, reason, query, seen) {
	return new Promise((resolve) => {
		const note = (what, text) => seen.steps.push({ms: performance.now(), what, text});
		note("new", "new WebSocket()");
		const ws = new WebSocket(`ws://${location.host}/${c.takesURL ? "own" : "ws"}?${query}`);
		const closeNow = () => {
			note("call", "close()");
			ws.close();
		};
		ws.onopen = () => {
			note("open", "open");
			if (c.takesURL && !c.clientCloses) {
				$("stop").hidden = false;
				$("stop").onclick = closeNow;
			}
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
				note("throw", say("threw", e.name));
				closeNow();
			}
		};
		ws.onerror = () => note("error", "error");
		ws.onclose = (e) => {
			seen.event = {code: e.code, reason: e.reason, wasClean: e.wasClean};
			note("close", `close: ${line(seen.event)}`);
			$("stop").hidden = true;
			resolve();
		};
	});
}

// ---- one case ----------------------------------------------------------

function fillForm() {
	const c = caseOf($("case").value);
	$("code-field").hidden = $("reason-field").hidden = !c.takesCode;
	$("url-field").hidden = !c.takesURL;
	$("run").textContent = c.takesURL && !c.clientCloses ? say("connect") : runText;
	$("url-hint").textContent = c.takesURL ? c.why : "";
	$("code").value = c.code;
	$("reason").value = c.reason;
	changed();
}

// changed updates the message about the code, the length of the reason, and the
// link.
function changed() {
	const c = caseOf($("case").value);
	const code = $("code").value.trim();
	const good = code === "" ? c.clientCloses || !c.takesCode : /^[0-9]{1,5}$/.test(code) && Number(code) < 65536;
	$("code").setCustomValidity(good ? "" : say("badCode"));
	const reached = !c.takesURL || /^wss?:\/\/[^\/]/.test($("url").value.trim());
	$("url").setCustomValidity(reached ? "" : say("badURL"));
	$("reason-hint").textContent = say("reasonBytes", new TextEncoder().encode($("reason").value).length);
	$("link").href = link();
	if (!good || !reached) forget();
}

// forget clears the last result when the form no longer describes it.
function forget() {
	last = null;
	$("result").hidden = true;
	$("status").textContent = "";
}

function link() {
	const c = caseOf($("case").value);
	const q = new URLSearchParams({case: c.id});
	if (c.takesURL) q.set("url", $("url").value.trim());
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
	const focused = document.activeElement === $("run"); // which a disabled element loses
	$("run").disabled = true;
	const begin = Date.now();
	const tick = () => {
		$("status").textContent = say(!$("stop").hidden ? "waitingSelf" : c.slow ? "runningSlow" : "running", Math.round((Date.now() - begin) / 1000));
	};
	tick();
	const timer = setInterval(tick, c.slow ? 10000 : 1000);
	try {
		const seen = await play(c, $("code").value.trim(), $("reason").value, $("url").value.trim());
		const codes = [...new Set([seen.event.code, seen.server.server.code])];
		seen.codes = new Map(await Promise.all(codes.map(async (n) => [n, await getJSON(`code.json?code=${n}&lang=${lang}`)])));
		seen.link = here;
		last = seen;
		show(seen);
		$("status").textContent = `${say("done")} ${line(seen.event)}`;
		// From now on, the URL and the link to the other language lead to the
		// same case.
		history.replaceState(null, "", here);
		for (const a of document.querySelectorAll("a.language")) {
			const u = new URL(here);
			u.searchParams.set("lang", a.hreflang);
			a.href = u;
		}
	} catch (e) {
		forget();
		$("status").textContent = say("failed", e.message);
	} finally {
		clearInterval(timer);
		$("run").disabled = false;
		if (focused) $("run").focus({preventScroll: true});
	}
}

const specification = "https://websockets.spec.whatwg.org/#dom-websocket-close";

// because explains the end of the connection: a sentence, and the rule with its
// section and a link.
function because(seen) {
	const {why, rule, quote, href} = seen.server;
	if (seen.thrown === null) return {why, rule, quote, href};
	return {why: say(seen.thrown === "SyntaxError" ? "whyReasonThrew" : "whyCodeThrew"), rule: "WHATWG WebSockets, close(code, reason)", quote: "", href: specification};
}

function show(seen) {
	const {event, server} = seen;
	const b = because(seen);
	$("why").textContent = b.why;
	$("rule").hidden = !b.rule;
	$("rule").replaceChildren(b.href ? el("a", {href: b.href, rel: "noreferrer"}, b.rule) : b.rule);
	if (b.quote) $("rule").append(say("colon"), el("q", {lang: "en"}, b.quote.replaceAll("_", "")));
	$("outcome").textContent = outcome(seen).join(say("space"));
	$("browser-title").textContent = seen.case.ours ? say("oursName") : browserName();
	showEvent($("browser-event"), event, seen.codes);
	$("browser-note").textContent = seen.thrown ? say("noEvent", seen.thrown) : "";
	showEvent($("server-event"), server.server, seen.codes);
	$("server-title").textContent = say(seen.case.takesURL ? "ownName" : "serverName");
	$("server-note").textContent = seen.case.takesURL ? say("ownNote") : "";
	$("first").textContent = say({browser: "firstBrowser", server: "firstServer", both: "firstBoth",
		nobody: seen.case.takesURL ? "ownNobody" : "firstNobody"}[server.first]);
	$("frames").replaceChildren(showFrames(say("toBrowser"), server.toBrowser), showFrames(say("toServer"), server.toServer));
	showTimeline(seen);
	$("report").hidden = true;
	$("copied").textContent = "";
	$("result").hidden = false;
	$("why").scrollIntoView({block: "nearest"});
}

const clean = (e) => el("span", {class: `tag ${e.wasClean ? "good" : "bad"}`}, String(e.wasClean));

// reasonOf returns a reason as an element, isolated from the direction of the
// text around it.
const reasonOf = (e) => el("bdi", {class: "mono"}, quoted(e.reason));

function showEvent(dl, e, codes) {
	const {name, title, meaning} = codes.get(e.code);
	dl.replaceChildren(
		el("dt", {class: "mono"}, "code"), el("dd", {class: "code"}, `${e.code} ${name || title}`),
		el("dt", {class: "mono"}, "reason"), el("dd", {}, reasonOf(e)),
		el("dt", {class: "mono"}, "wasClean"), el("dd", {}, clean(e)),
		el("dt", {}, say("means")), el("dd", {}, meaning));
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
		...seen.case.takesURL ? [] : [`${say("byRule")}: ${s.expected.map(line).join(say("or"))}`],
		"",
		`${b.why} ${b.rule}${b.quote ? `: "${b.quote}"` : ""}`,
		outcome(seen).join(say("space")),
		"",
		`${say("toBrowser")}: ${sent(s.toBrowser)}`,
		`${say("toServer")}: ${sent(s.toServer)}`,
		"",
		exactness(seen),
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

// ---- start -------------------------------------------------------------

async function start() {
	let known;
	[words, cases, known] = await Promise.all([getJSON(`words.json?lang=${lang}`), getJSON(`cases.json?lang=${lang}`), getJSON("profiles.json")]);
	profiles = known.profiles;
	const q = new URLSearchParams(location.search);
	if (caseOf(q.get("case"))) $("case").value = q.get("case");
	fillForm();
	if (q.has("url")) $("url").value = q.get("url");
	if (q.has("code")) $("code").value = q.get("code");
	if (q.has("reason")) $("reason").value = q.get("reason");
	changed();
	$("case").addEventListener("change", fillForm);
	$("url").addEventListener("input", changed);
	$("code").addEventListener("input", changed);
	$("reason").addEventListener("input", changed);
	$("form").addEventListener("submit", submit);
	$("copy").addEventListener("click", copy);
	$("run-all").addEventListener("click", runAll);
	$("save").addEventListener("click", download);
	document.body.dataset.ready = "true";
	// A link from another site must not make the lab connect to a server.
	if (caseOf(q.get("case")) && !caseOf(q.get("case")).takesURL) $("form").requestSubmit();
	if (q.has("all")) {
		$("with-slow").checked = q.get("all") !== "quick";
		runAll();
	}
}

start().catch((e) => { $("status").textContent = e.message; });
