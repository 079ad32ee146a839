// This script runs all cases and compares them with the rules and with known
// browsers.
"use strict";

// table is the table of all cases as it is saved; null until it is complete.
let table = null;

// eventCell returns a cell for an event, given as a line.
function eventCell(text) {
	const [, code, reason, wasClean] = text.match(/^(\d+) (".*") wasClean (true|false)$/s);
	return el("span", {class: "event"}, el("b", {}, code), " ", reason === '""' ? null : el("bdi", {}, reason), " ",
		el("span", {class: `tag ${wasClean === "true" ? "good" : "bad"}`}, say(wasClean === "true" ? "clean" : "notClean")));
}

// resultOf returns the result of one case, as it is saved.
async function resultOf(c, own) {
	const row = {case: c.id, event: null, expected: [], answer: null, expectedAnswer: null, verdict: "failed", difference: "", known: null};
	try {
		const seen = await play(c, c.code, c.reason);
		const diff = difference(seen);
		Object.assign(row, {event: seen.event, expected: seen.server.expected, answer: seen.server.answer, expectedAnswer: seen.server.expectedAnswer,
			verdict: diff === "same" ? "same" : "different", difference: diff === "same" ? "" : diff});
		const events = own?.events[c.id];
		if (events) row.known = events.includes(line(seen.event));
	} catch (e) {
		$("status").textContent = say("failed", e.message);
	}
	return row;
}

// verdictCell returns the contents of the last cell of a row: the verdict, and
// whether the profile has the event.
function verdictCell(row, own) {
	const text = row.difference ? say({accepted: "diffAccepted", readOn: "diffReadOn", other: "diffOther"}[row.difference]) : say({same: "verdictSame", failed: "verdictFailed"}[row.verdict]);
	const known = row.known === null || row.verdict === "failed" ? null
		: row.known ? row.verdict === "different" ? say("knownOf", own.name) : null : say("unknownOf", own.name);
	return [el("span", {class: `tag ${row.verdict === "same" ? "good" : "bad"}`}, text), known === null ? null : el("span", {class: "known"}, known)];
}

async function runAll() {
	$("run-all").disabled = true;
	$("save").hidden = true;
	table = null;
	delete $("all").dataset.done;
	const own = ownProfile();
	const chosen = cases.filter((c) => !c.takesURL && ($("with-slow").checked || !c.slow));
	const columns = [say("tableCase"), say("tableHere"), say("byRule"), ...profiles.map((p) => p.name), say("tableVerdict")];
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
	const tell = () => { $("all-status").textContent = say("progress", results.size, chosen.length); };
	tell();
	const run = async (c) => {
		const r = await resultOf(c, own), row = rows.get(c.id);
		results.set(c.id, r);
		const cells = [r.event ? [line(r.event)] : [], r.expected.map(line), ...profiles.map((p) => p.events[c.id] ?? [])];
		row.append(...cells.map((l, i) => el("td", {role: "cell", "data-label": columns[i + 1]}, ...(l.length ? l.map(eventCell) : ["–"]))),
			el("td", {role: "cell", "data-label": columns.at(-1)}, ...verdictCell(r, own)));
		row.dataset.verdict = r.verdict;
		tell();
	};
	// Run only a few cases at once, because browsers limit the number of
	// connections. The slow ones run beside them, because they mostly wait.
	const queue = chosen.filter((c) => !c.slow);
	const worker = async () => { for (let c; (c = queue.shift());) await run(c); };
	await Promise.all([...chosen.filter((c) => c.slow).map(run), worker(), worker(), worker()]);

	table = {browser: browserName(), userAgent: navigator.userAgent, cases: chosen.map((c) => results.get(c.id))};
	const count = (f) => table.cases.filter(f).length;
	const different = (r) => r.verdict === "different";
	$("all-status").textContent = [
		say("summary", chosen.length, count((r) => r.verdict === "same"), count(different)),
		own ? say("summaryKnown", count((r) => different(r) && r.known), own.name, count((r) => r.known === false)) : say("summaryNoProfile"),
		count((r) => r.verdict === "failed") ? say("summaryFailed", count((r) => r.verdict === "failed")) : "",
	].filter(Boolean).join(say("space"));
	$("run-all").disabled = false;
	$("save").hidden = false;
	$("all").dataset.done = "true";
	if (document.body.dataset.save) await saveToLab();
}

// saveToLab makes the lab save the table in the file that the flag -save names.
async function saveToLab() {
	const r = await fetch(`table?lang=${lang}`, {method: "POST", body: JSON.stringify(table)});
	if (!r.ok) $("all-status").textContent = say("failed", await r.text());
}

// download offers the table as a file.
function download() {
	const url = URL.createObjectURL(new Blob([`${JSON.stringify(table, null, "\t")}\n`], {type: "application/json"}));
	el("a", {href: url, download: "closeframe-lab.json"}).click();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}
