// This script merges the steps of both ends into one order in which no effect
// precedes its cause. The browser and the server have clocks of their own, so
// only the order of steps of one end is known exactly.
"use strict";

// ways maps a step to the arrow in the column between the two ends.
const ways = {sent: "←", "sent-frame": "←", "received-frame": "→", received: "→", end: "→ FIN", "peer-reset": "→ RST", "half-closed": "← FIN", closed: "", reset: "← RST"};

// endsTCP reports whether a step of the server ends its half of the TCP
// connection.
const endsTCP = (m) => ["half-closed", "closed", "reset"].includes(m.what);

// isOfBrowser reports whether a step of the server shows an action of the
// browser.
const isOfBrowser = (m) => ["received", "end", "peer-reset"].includes(m.what);

// firstFrameSent returns the step at which the server had sent all bytes of its
// first frame.
function firstFrameSent(server) {
	let left = server.toBrowser.frames[0]?.size ?? Infinity;
	return server.steps.find((m) => m.what === "sent" && (left -= pairs(m.hex).length) <= 0);
}

// certain returns the pairs of a cause and its effect at the other end for
// which the order is certain.
function certain(seen) {
	const there = seen.server.steps ?? [], here = (what) => seen.steps.findLast((m) => m.what === what);
	const opened = there.find((m) => m.what === "opened");
	const all = [[here("new"), opened], [opened, here("open")]];
	if (here("call")) all.push([here("call"), there.find((m) => m.what === "received")]);
	// A Close frame carries the code and the reason. Any other end was caused
	// by the server's first action, unless the browser acted first.
	if (seen.event.wasClean || seen.event.code !== 1006) {
		all.push([firstFrameSent(seen.server), here("close")]);
	} else {
		const first = there.find((m) => m.what === "sent" || endsTCP(m) || isOfBrowser(m));
		if (first && !isOfBrowser(first)) all.push([first, here("error")], [first, here("close")]);
	}
	return all.filter(([cause, effect]) => cause && effect);
}

// likely returns the pairs of cause and effect for a browser that follows the
// rules. It sends its Close frame after it has reported the connection as open.
// It fires a clean close event after both Close frames have been exchanged and
// the server has sent FIN (RFC 6455 §7.1.1 and §7.1.4). Not every browser waits
// for that.
function likely(seen) {
	if (!seen.event.wasClean) return [];
	const there = seen.server.steps ?? [], close = seen.steps.findLast((m) => m.what === "close");
	const open = seen.steps.find((m) => m.what === "open");
	const end = there.findIndex((m) => m.what === "end" || m.what === "peer-reset"), fin = there.findIndex(endsTCP);
	const received = there.find((m) => m.what === "received");
	const all = fin >= 0 && (end < 0 || fin < end) ? [[there[fin], close]] : [];
	if (received) all.push([received, close]);
	if (received && open) all.push([open, received]);
	return all;
}

// alignClocks converts the times of the browser's steps to the server's clock.
// It uses the middle of the range that the pairs of cause and effect allow. It
// sets seen.order to the pairs that are kept, and seen.within to the maximum
// error of the browser's times in milliseconds.
function alignClocks(seen) {
	const browser = new Set(seen.steps);
	const bounds = (all) => {
		let least = -Infinity, most = Infinity; // the possible offsets to the browser's times
		for (const [cause, effect] of all) {
			if (browser.has(cause)) most = Math.min(most, effect.ms - cause.ms);
			else least = Math.max(least, cause.ms - effect.ms);
		}
		return {least, most};
	};
	seen.order = certain(seen);
	for (const pair of likely(seen)) {
		const {least, most} = bounds([...seen.order, pair]);
		if (least <= most) seen.order.push(pair);
	}
	const {least, most} = bounds(seen.order);
	let shift = -seen.steps[0].ms;
	if (Number.isFinite(least) && Number.isFinite(most)) shift = (least + most) / 2;
	else if (Number.isFinite(most)) shift = most; // it never opened
	const sure = bounds(certain(seen)); // a likely order does not make the times more precise
	seen.within = Number.isFinite(sure.most - sure.least) ? Math.max(shift - sure.least, sure.most - shift) : null;
	for (const m of seen.steps) m.ms += shift;
	const begin = seen.steps[0].ms; // the first step of both ends
	for (const m of [...seen.steps, ...seen.server.steps ?? []]) m.ms -= begin;
}

// inOrder returns the steps of both ends in order. Times never decrease.
function inOrder(seen) {
	const heads = [[...seen.steps], [...seen.server.steps ?? []]];
	const causes = new Map();
	for (const [cause, effect] of seen.order ?? []) causes.set(effect, [...causes.get(effect) ?? [], cause]);
	const all = [], done = new Set();
	const blocked = (m) => (causes.get(m) ?? []).some((c) => !done.has(c));
	while (heads[0].length || heads[1].length) {
		const [here, there] = [heads[0][0], heads[1][0]];
		const side = !there || here && (blocked(there) || !blocked(here) && here.ms <= there.ms) ? 0 : 1;
		const m = heads[side].shift();
		done.add(m);
		all.push({...m, side: side === 0 ? "here" : "there", ms: Math.max(m.ms, all.at(-1)?.ms ?? 0)});
	}
	return all;
}

// timeline returns the rows of the timeline. Bytes that the server sent one by
// one share a row.
function timeline(seen) {
	const rows = [];
	for (const m of inOrder(seen)) {
		const before = rows.at(-1);
		if (m.side === "there" && m.what === "sent" && before?.side === "there" && before.what === "sent") {
			before.hex += m.hex;
			before.n++;
		} else {
			rows.push({hex: "", n: 1, ...m, way: m.side === "there" ? ways[m.what] ?? "" : ""});
		}
	}
	for (const m of rows) {
		if (m.text !== undefined) continue;
		m.text = say(m.what, pairs(m.hex).join(" ")) + (m.hex.endsWith("…") ? " …" : "");
		if (m.n > 1) m.text += say("pieces", m.n);
	}
	return rows;
}

// exactness describes the maximum error of the browser's times.
function exactness(seen) {
	if (seen.case.ours) return say("oneClock");
	if (seen.within === null || seen.within === undefined) return say("clocksUnknown");
	return say("clocksWithin", (Math.ceil(10 * seen.within + 1) / 10).toFixed(1));
}

function showTimeline(seen) {
	$("timeline").replaceChildren(
		el("thead", {}, el("tr", {},
			el("th", {scope: "col", class: "number"}, say("ms")),
			el("th", {scope: "col", class: "here"}, seen.case.ours ? say("oursName") : say("here")),
			el("th", {scope: "col", class: "way"}, say("wire")),
			el("th", {scope: "col"}, say(seen.case.takesURL ? "ownThere" : "there")))),
		el("tbody", {}, ...timeline(seen).map((m) => el("tr", {"data-side": m.side, "data-what": m.what},
			el("td", {class: "number"}, m.ms.toFixed(1)),
			el("td", {class: "here"}, m.side === "here" ? m.text : ""),
			el("td", {class: "way"}, m.way),
			el("td", {}, m.side === "there" ? m.text : "")))));
	$("clocks").textContent = exactness(seen);
}
