// This script compares the outcome in a browser with the rules and with the
// browser's profile.
"use strict";

// browserName returns the name and the version of this browser, such as
// "Firefox 153".
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

// ownProfile returns the profile of this kind of browser.
function ownProfile() {
	const ua = navigator.userAgent;
	const kind = /Firefox\//.test(ua) ? "firefox" : /Chrom(e|ium)\//.test(ua) ? "chromium" : isWebKitGTK(ua) ? "webkitgtk" : "";
	return profiles.find((p) => p.kind === kind);
}

// difference compares a run with the rules. It returns "same" or the kind of
// difference: "accepted" if the browser accepted a frame that the rules refuse,
// "readOn" if it failed because of bytes after the first Close frame, or else
// "other".
function difference(seen) {
	const {expected, toBrowser} = seen.server;
	if (has(expected, seen.event)) return "same";
	const failed = (e) => e.code === 1006 && !e.wasClean;
	if (expected.every(failed) && toBrowser.frames.some((f) => f.verdict.status === "invalid")) return "accepted";
	if (expected.every((e) => e.wasClean) && failed(seen.event) && toBrowser.frames.length > 1) return "readOn";
	return "other";
}

// eventText describes an event, as in `1001 "bye", clean`.
const eventText = (e) => say(e.wasClean ? "eventClean" : "eventNotClean", e.reason === "" ? e.code : `${e.code} ${quoted(e.reason)}`);

// closeText describes a Close frame by its code; 0 means that there was none.
const closeText = (code) => say({0: "closeNone", 1005: "closeEmpty"}[code] ?? "closeWith", code);

// outcome describes the event of the script, the browser's own Close frame and
// the event of the server, by the rules and in this run, and the reason for a
// difference.
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
