// SPDX-License-Identifier: Apache-2.0
// pages.js URL TOKEN FOLDER IMAGE CVE: drives a browser through all pages of a
// running server, and prints "ok NAME" or "not ok NAME: why" for each thing
// that it looks at. Screenshots go to FOLDER. CHROMIUM is the browser.
"use strict";

const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const [base, token, folder, image, cve] = process.argv.slice(2);
const axeSource = fs.readFileSync(
	require.resolve("axe-core/axe.min.js"), "utf8");
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
	"best-practice"];
const wide = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const shotMax = 6000; // pixels; of longer pages the first screen is kept
const narrow = { width: 320, height: 640 };

function say(good, name, why) {
	const line = why ? `: ${String(why).split("\n").join(" | ")}` : "";
	console.log(`${good ? "ok" : "not ok"} ${name}${good ? "" : line}`);
}

async function test(name, run) {
	try {
		const why = await run();
		say(!why, name, why);
	} catch (error) {
		say(false, name, error.message);
	}
}

// What a page must never do.
function watch(context, troubles) {
	context.on("request", (request) => {
		if (!request.url().startsWith(base + "/"))
			troubles.push(`asks for ${request.url()}`);
	});
	context.on("console", (message) => {
		const at = message.location().url || "";
		// A status of 4xx is an error to the console, too.
		if (["error", "warning"].includes(message.type()) &&
		    !/status of 4\d\d/.test(message.text()))
			troubles.push(`${message.text()} (${at})`);
	});
	context.on("weberror", (error) => troubles.push(error.error().message));
}

async function newPage(browser, options) {
	const troubles = [];
	const context = await browser.newContext(
		{ viewport: wide, reducedMotion: "reduce", ...options });
	context.setDefaultTimeout(15000);
	watch(context, troubles);
	const page = await context.newPage();
	return { context, page, troubles };
}

async function axe(page, mode, runOnly) {
	if (!await page.evaluate(() => "axe" in window))
		await page.evaluate(axeSource);
	const result = await page.evaluate((only) => window.axe.run(document, {
		runOnly: only,
		resultTypes: ["violations"],
	}), runOnly || { type: "tag", values: axeTags });
	return result.violations.map((v) => `${mode}: ${v.id}: ` +
		v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", "));
}

async function shot(page, name) {
	const height = await page.evaluate(
		() => document.documentElement.scrollHeight);
	await page.screenshot({ path: path.join(folder, `${name}.png`),
		fullPage: height < shotMax });
}

// No sideways scrolling, whatever is opened: on a small phone, where tables
// become lists, and with the page enlarged a little.
async function checkWidths(page) {
	const wrong = [];
	await page.evaluate(() => document.querySelectorAll("details")
		.forEach((details) => { details.open = true; }));
	for (const width of [narrow.width, 740, 900, 1024]) {
		await page.setViewportSize({ width, height: narrow.height });
		const over = await page.evaluate(() => document.documentElement
			.scrollWidth - document.documentElement.clientWidth);
		if (over > 0)
			wrong.push(`${over} px too wide at ${width} px`);
	}
	return wrong;
}

// One <h1>, a title, a language.
async function checkShape(page) {
	const wrong = [];
	const shape = await page.evaluate(() => ({
		h1: document.querySelectorAll("h1").length,
		title: document.title,
		lang: document.documentElement.lang,
	}));
	if (shape.h1 !== 1)
		wrong.push(`${shape.h1} <h1>`);
	if (!/ · scapcache$/.test(shape.title) || shape.lang !== "en")
		wrong.push(`title "${shape.title}", lang "${shape.lang}"`);
	return wrong.concat(await checkWidths(page));
}

async function lookAt(page, name, url, status) {
	const answer = await page.goto(base + url);
	const wrong = [];
	if (answer.status() !== status)
		wrong.push(`status ${answer.status()}`);
	await page.setViewportSize(wide);
	await page.emulateMedia({ colorScheme: "light" });
	await shot(page, `${name}-light`);
	wrong.push(...await axe(page, "light"));
	await page.emulateMedia({ colorScheme: "dark" });
	await shot(page, `${name}-dark`);
	// the same elements in other colours
	wrong.push(...await axe(page, "dark",
		{ type: "rule", values: ["color-contrast"] }));
	await page.setViewportSize(phone);
	await shot(page, `${name}-phone`);
	wrong.push(...await axe(page, "phone"));
	wrong.push(...await checkShape(page));
	return wrong.join("\n");
}

// Tab goes through all that can be used, shows where it is, and ends.
async function walk(page, url) {
	await page.setViewportSize(wide);
	await page.goto(base + url);
	const wanted = await page.evaluate(() => {
		const all = document.querySelectorAll(
			"a[href], button, input:not([type=hidden]), select, summary");
		let n = 0;
		for (const e of all)
			if (e.checkVisibility())
				e.dataset.walk = String(n++);
		return n;
	});
	const seen = new Set();
	for (let i = 0; i < wanted + 5 && seen.size < wanted; i++) {
		await page.keyboard.press("Tab");
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			const style = getComputedStyle(e);
			return { id: e.dataset.walk, outline: style.outlineStyle,
				text: e.textContent.trim().slice(0, 40) };
		});
		if (at.id === undefined)
			continue;
		if (at.outline === "none")
			return `no focus is seen at "${at.text}"`;
		seen.add(at.id);
	}
	return seen.size === wanted ? ""
		: `${seen.size} of ${wanted} reached with Tab`;
}

async function searchCve(page) {
	await page.goto(base + "/");
	await page.focus("#find");
	await page.keyboard.type(cve);
	await page.keyboard.press("Enter");
	await page.waitForURL(`**/cve/${cve}`);
	const h1 = await page.textContent("h1");
	const digests = await page.locator(
		"a.digest[href^='/blobs/sha256/']").count();
	if (h1 !== cve)
		return `h1 is ${h1}`;
	return digests > 0 ? "" : "no digest of what upstream wrote";
}

async function searchWords(page) {
	await page.goto(base + "/search");
	await page.fill("#q", "openssh");
	await page.click("main form button");
	await page.waitForURL("**/search?q=openssh");
	const n = await page.locator(".results li").count();
	return n > 0 ? "" : "nothing is found";
}

async function openEvidence(page) {
	await page.goto(base + "/images");
	await page.click("main tbody a");
	const details = page.locator("#findings > details").first();
	await details.locator("summary").focus();
	await page.keyboard.press("Enter");
	const evidence = details.locator("table.evidence tbody tr");
	if (!await evidence.first().isVisible())
		return "no evidence is shown";
	await shot(page, "evidence-light");
	const wrong = await axe(page, "open");
	return wrong.join("\n");
}

async function filterFindings(page) {
	const before = await page.locator("#findings > details").count();
	await page.selectOption("#severity", "high");
	await page.click("form.filters button:has-text('Filter')");
	await page.waitForURL("**severity=high**");
	const others = await page.locator(
		"#findings > details .row > .state:not(.high)").count();
	const left = await page.locator("#findings > details").count();
	if (others > 0 || left === 0 || left > before)
		return `${left} of ${before} findings, ${others} not high`;
	return "";
}

// The sample's image has two.
async function layers(page, url) {
	await page.goto(`${base}${url}?show=layers`);
	const n = await page.locator("main tbody tr").count();
	return n === 2 ? "" : `${n} layers`;
}

// A form without its choice: no page may say "0 findings" of what nobody judged.
async function ofNoGeneration(page, url) {
	await page.goto(`${base}${url}/as-of?generation=`);
	const at = page.url();
	return at === base + url ? "" : `it stays at ${at}`;
}

async function wrongToken(page) {
	await page.goto(base + "/sign-in?to=/scan");
	await page.fill("#token", "scapcache_" + "0".repeat(64));
	await page.click("main form button");
	const said = await page.textContent("[role=alert]");
	if (!/not known/.test(said))
		return `it says ${said}`;
	const cookies = await page.context().cookies();
	return cookies.length === 0 ? "" : "a cookie is kept";
}

async function signIn(page) {
	await page.goto(base + "/sign-in?to=/scan");
	await page.fill("#token", token);
	await page.click("main form button");
	await page.waitForURL("**/scan");
	const [cookie] = await page.context().cookies();
	if (!cookie.httpOnly || cookie.sameSite !== "Strict")
		return "the cookie is open to scripts or other sites";
	const said = await page.textContent(".account");
	return /Signed in as/.test(said) ? "" : `it says ${said}`;
}

async function uploadScan(page) {
	await page.goto(base + "/scan");
	await page.fill("#name", "from-a-browser");
	await page.setInputFiles("#file", image);
	await page.click("main form button");
	await page.waitForURL(/\/images\/[0-9a-f]+/, { timeout: 30000 });
	const h1 = await page.textContent("h1");
	const verdict = await page.textContent(".verdict");
	if (h1 !== "from-a-browser" || !/fail/i.test(verdict))
		return `${h1}: ${verdict}`;
	return "";
}

// Another site's page that has this browser send a form.
async function otherSite(page) {
	await page.goto("about:blank");
	const status = await page.context().request.post(base + "/sync", {
		headers: { Origin: "http://evil.example",
			"Sec-Fetch-Site": "cross-site", Accept: "text/html" },
		form: {},
	});
	return status.status() === 403 ? "" : `status ${status.status()}`;
}

// A publisher's file on our own address: its scripts are not ours.
async function publishersFile(page) {
	const answer = await page.context().request.get(base + "/mirror/" +
		"security-metadata.canonical.com/oval/" +
		"com.ubuntu.noble.cve.oval.xml");
	const policy = answer.headers()["content-security-policy"];
	return answer.status() === 200 && /sandbox/.test(policy) ? ""
		: `status ${answer.status()}, policy ${policy}`;
}

async function signOut(page) {
	await page.goto(base + "/");
	await page.click(".account button");
	await page.waitForURL(base + "/");
	const cookies = await page.context().cookies();
	return cookies.length === 0 ? "" : "the cookie stays";
}

async function withoutScripts(page) {
	const problems = [];
	await page.goto(base + "/");
	await page.fill("#find", "openssh");
	await page.click(".top .search button");
	if (await page.locator(".results li").count() === 0)
		problems.push("search finds nothing");
	await page.goto(base + "/images");
	await page.click("main tbody a");
	await page.locator("#findings summary").first().click();
	if (!await page.locator("table.evidence").first().isVisible())
		problems.push("evidence does not open");
	await page.selectOption("#severity", "high");
	await page.click("form.filters button:has-text('Filter')");
	if (!/severity=high/.test(page.url()))
		problems.push("the filter does nothing");
	return problems.join("\n");
}

async function images(page) {
	await page.goto(base + "/images");
	return page.evaluate(() => [...document.querySelectorAll(
		"main tbody th a")].map((a) => a.getAttribute("href")));
}

async function all(browser) {
	const { context, page, troubles } = await newPage(browser, {});
	const quiet = () => {
		const said = troubles.splice(0).join("\n");
		return said;
	};
	const [first, second] = await images(page);
	const sample = await page.getAttribute(
		"main tbody th a:has-text('docker-archive:')", "href");
	const id = (href) => href.split("/").pop();
	const pages = [
		["content", "/"],
		["source", "/sources/ubuntu-oval"],
		["search", "/search?q=openssh&kind="],
		["search-hint", "/search"],
		["search-nothing", "/search?q=zzzzyyyy"],
		["cve", `/cve/${cve}`],
		["package", "/package/ubuntu/noble/openssh"],
		["notice", "/record/USN-6859-1"],
		["images", "/images"],
		["image", first],
		["image-packages", `${first}?show=packages`],
		["image-layers", `${first}?show=layers`],
		["image-verdicts", `${first}?show=verdicts`],
		["compare", second === undefined ? "/images/compare"
			: `/images/compare?a=${id(first)}&b=${id(second)}`],
		["scan", "/scan"],
		["bundles", "/bundles"],
		["activity", "/activity"],
		["sign-in", "/sign-in"],
		["nowhere", "/nowhere", 404],
	];
	for (const [name, url, status] of pages)
		await test(`page ${name}`, async () => await lookAt(page, name,
			url, status || 200) || quiet());
	for (const url of ["/", "/search?q=openssh&kind=", first, "/sign-in"])
		await test(`keyboard: ${url}`, () => walk(page, url));
	await page.emulateMedia({ colorScheme: "light" });
	await test(`search finds ${cve}`, () => searchCve(page));
	await test("search finds words", () => searchWords(page));
	await test("a finding opens its evidence", () => openEvidence(page));
	await test("findings are filtered", () => filterFindings(page));
	await test("an image shows its layers",
		() => layers(page, sample));
	await test("judged by no generation, an image is as it stands",
		() => ofNoGeneration(page, sample));
	await test("a wrong token is refused", () => wrongToken(page));
	await test("a token signs in", () => signIn(page));
	await test("page scan, signed in", () => lookAt(page, "scan-signed-in",
		"/scan", 200));
	await page.setViewportSize(wide);
	await test("an image is uploaded and judged", () => uploadScan(page));
	await test("another site's form is refused", () => otherSite(page));
	await test("a publisher's XML runs nothing",
		() => publishersFile(page));
	await test("sign out drops the cookie", () => signOut(page));
	await test("no error on the console, nothing from outside", quiet);
	await context.close();
}

async function main() {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--no-proxy-server"],
	});
	fs.mkdirSync(folder, { recursive: true });
	try {
		await all(browser);
		const { context, page } = await newPage(browser,
			{ javaScriptEnabled: false });
		await test("all of it works without scripts",
			() => withoutScripts(page));
		await context.close();
	} finally {
		await browser.close();
	}
}

main().catch((error) => {
	say(false, "the browser runs", error.message);
	process.exit(1);
});
