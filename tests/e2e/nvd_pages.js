// SPDX-License-Identifier: Apache-2.0
// nvd_pages.js BASE PAGE FEED…: all CVEs by the API, page after page, and out of
// the feeds that the same server mirrors. Says how many there are if both are
// the same set of records, byte for byte; else what differs, and ends 1.
"use strict";
const http = require("http");
const zlib = require("zlib");

const [base, page, ...feeds] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
let wrong = 0;

function complain(text) {
	if (wrong++ < 20)
		console.log(text);
}

function get(path) {
	return new Promise((resolve, reject) => {
		http.get(base + path, { agent }, (r) => {
			const parts = [];
			r.on("data", (part) => parts.push(part));
			r.on("error", reject);
			r.on("end", () => {
				if (r.statusCode !== 200)
					reject(new Error(path + ": " +
						r.statusCode + " " +
						r.headers.message));
				resolve(Buffer.concat(parts));
			});
		}).on("error", reject);
	});
}

// The elements of "vulnerabilities" as they stand there: found by brackets, not
// by a JSON library, which would not give them back byte for byte.
function* elements(text) {
	let at = text.indexOf("[", text.indexOf('"vulnerabilities"'));
	let depth = 0, start = 0, inString = false;
	for (at++; at < text.length; at++) {
		const c = text.charCodeAt(at);
		if (inString) {
			if (c === 0x5c)
				at++;
			else if (c === 0x22)
				inString = false;
		} else if (c === 0x22) {
			inString = true;
		} else if (c === 0x7b) {
			if (depth++ === 0)
				start = at;
		} else if (c === 0x7d) {
			if (--depth === 0)
				yield text.slice(start, at + 1);
		} else if (c === 0x5d && depth === 0) {
			return;
		}
	}
}

function record(raw) {
	const cve = JSON.parse(raw).cve;
	return { raw, id: cve.id, published: cve.published,
		modified: cve.lastModified };
}

async function byApi() {
	const found = new Map();
	let last = "", total = 1;
	for (let start = 0; start < total; start += Number(page)) {
		const text = (await get("/rest/json/cves/2.0/?resultsPerPage=" +
			page + "&startIndex=" + start)).toString("latin1");
		const head = JSON.parse(text.slice(0, text.indexOf("[")) + "[]}");
		const raws = [...elements(text)];
		total = head.totalResults;
		if (head.format !== "NVD_CVE" || head.version !== "2.0" ||
		    head.startIndex !== start ||
		    head.resultsPerPage !== raws.length ||
		    raws.length !== Math.min(Number(page), total - start) ||
		    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/.test(
			    head.timestamp))
			complain("the envelope at " + start + ": " +
				JSON.stringify(head) + ", " + raws.length);
		for (const raw of raws) {
			const r = record(raw);
			if (found.has(r.id))
				complain(r.id + " is there twice");
			if (r.published < last)
				complain(r.id + " is out of order");
			last = r.published;
			found.set(r.id, r);
		}
	}
	return found;
}

// The newest record of each CVE; of two that are as new any.
async function byFeeds() {
	const found = new Map();
	for (const name of feeds) {
		const packed = await get("/feeds/json/cve/2.0/" + name);
		const text = zlib.gunzipSync(packed).toString("latin1");
		for (const raw of elements(text)) {
			const r = record(raw), known = found.get(r.id);
			if (known === undefined || r.modified > known[0].modified)
				found.set(r.id, [r]);
			else if (r.modified === known[0].modified)
				known.push(r);
		}
	}
	return found;
}

async function main() {
	const [api, feed] = [await byApi(), await byFeeds()];
	for (const [id, records] of feed) {
		const got = api.get(id);
		if (got === undefined)
			complain(id + " is not in the API");
		else if (!records.some((r) => r.raw === got.raw))
			complain(id + " has other bytes");
	}
	for (const id of api.keys())
		if (!feed.has(id))
			complain(id + " is in no feed");
	agent.destroy();
	console.log(wrong === 0 ? api.size + " CVEs" : wrong + " differences");
	process.exitCode = wrong === 0 ? 0 : 1;
}

main().catch((e) => {
	console.log(e.message);
	process.exitCode = 1;
});
