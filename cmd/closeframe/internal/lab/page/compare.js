// Compares the outcome in a browser with the rules and with the browser's
// profile.
"use strict";

/** The name and version of this browser, such as "Firefox 153". */
function browserName() {
	const brand = navigator.userAgentData?.brands?.find((b) => !/Not.*Brand/i.test(b.brand));
	if (brand) return `${brand.brand} ${brand.version}`;
	const ua = navigator.userAgent, m = ua.match(/(Firefox|Chrome)\/(\d+)/);
	if (m) return `${m[1]} ${m[2]}`;
	// On Linux, WebKit's version says no more than "60.5", in every release.
	if (isWebKitGTK(ua)) return "WebKitGTK";
	const safari = ua.match(/Version\/(\d+).* Safari\//);
	return safari ? `Safari ${safari[1]}` : say("here");
}

const isWebKitGTK = (ua) => /X11; .*AppleWebKit\//.test(ua) && !/Chrom(e|ium)\//.test(ua);

/** The profile of this kind of browser. */
function ownProfile() {
	const ua = navigator.userAgent;
	const kind = /Firefox\//.test(ua) ? "firefox" : /Chrom(e|ium)\//.test(ua) ? "chromium" : isWebKitGTK(ua) ? "webkitgtk" : "";
	return profiles.find((p) => p.kind === kind);
}

/**
 * What a run is, compared with the rules: "same", or which kind of difference.
 * "accepted" is a frame that the rules refuse, "readOn" a failure for what
 * follows the first Close frame.
 */
function difference(seen) {
	const {expected, toBrowser} = seen.server;
	if (has(expected, seen.event)) return "same";
	const failed = (e) => e.code === 1006 && !e.wasClean;
	if (expected.every(failed) && toBrowser.frames.some((f) => f.verdict.status === "invalid")) return "accepted";
	if (expected.every((e) => e.wasClean) && failed(seen.event) && toBrowser.frames.length > 1) return "readOn";
	return "other";
}

/** An event in words, such as `1001 "bye", clean`. */
const eventText = (e) => say(e.wasClean ? "eventClean" : "eventNotClean", e.reason === "" ? e.code : `${e.code} ${quoted(e.reason)}`);

/** A Close frame in words, by its code: 0 if there was none. */
const closeText = (code) => say({0: "closeNone", 1005: "closeEmpty"}[code] ?? "closeWith", code);

/**
 * What the script, the browser's own Close frame and the server say, by the
 * rules and in this run, and why they differ if they do.
 */
function outcome(seen) {
	const {expected, expectedAnswer, answer, server} = seen.server;
	const told = say("serverTold", eventText(server));
	if (seen.case.takesURL) return [say("ownBrowser", browserName(), eventText(seen.event)), say("ownTold", eventText(server))];
	if (seen.case.ours) return [say("oursNote"), told];
	const browser = browserName(), events = expected.map(eventText).join(say("or"));
	const diff = difference(seen);
	const compared = !seen.case.clientCloses && expectedAnswer !== null; // the browser's Close frame is an answer
	const other = compared && answer !== expectedAnswer && !(answer === 0 && expected.length > 1);
	const all = [];
	all.push(compared ? say("ruleAnswer", events, closeText(expectedAnswer)) : say("ruleEvent", events));
	if (diff === "same" && !other) all.push(say("browserSame", browser));
	else if (compared) all.push(say("browserAnswer", browser, eventText(seen.event), closeText(answer)));
	else all.push(say("browserEvent", browser, eventText(seen.event)));
	all.push(told);
	if (seen.event.code === 1006 && compared && answer !== 0) all.push(say("whyAbnormal"));
	if (other && expectedAnswer !== 0 && answer !== 0) all.push(say("whyAnswer"));
	if (diff !== "same") all.push(say({accepted: "whyAccepted", readOn: "whyReadOn", other: "whyOther"}[diff], browser));
	return all;
}
