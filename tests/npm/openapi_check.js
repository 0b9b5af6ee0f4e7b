// SPDX-License-Identifier: Apache-2.0
// openapi_check.js: docs/openapi.json against a server:
//	node openapi_check.js ROOT URL ROUTES TOKEN IMAGE
// ROOT is the source tree, ROUTES a file with the server's routes, TOKEN has
// every scope, IMAGE is a file to scan. Prints "ok - NAME" or
// "not ok - NAME: WHY", a line each.
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

const [root, url, routesFile, token, image] = process.argv.slice(2);
const read = (name) =>
	JSON.parse(fs.readFileSync(path.join(root, 'docs', name), 'utf8'));
const doc = read('openapi.json');
const ID = 'https://scapcache.example/v1/openapi.json';
const SCAN_ID = 'https://scapcache.example/v1/scan.schema.json';

function tell(name, why) {
	const text = String(why === undefined ? '' : why).replace(/\s+/g, ' ');

	console.log(text === '' ? `ok - ${name}` :
		`not ok - ${name}: ${text.slice(0, 600)}`);
}

// --- schemas ---

// The document names every member that there is: clients may be lenient, this
// test is not.
function strict(node) {
	if (Array.isArray(node))
		return node.map(strict);
	if (node === null || typeof node !== 'object')
		return node;
	const out = {};
	for (const [key, value] of Object.entries(node))
		out[key] = key === 'example' ? value : strict(value);
	if (out.type === 'object' && out.properties !== undefined &&
	    typeof out.properties.type !== 'string' &&
	    out.additionalProperties === undefined)
		out.additionalProperties = false;
	return out;
}

const ajv = new Ajv({ strict: false, allErrors: false });
addFormats(ajv);
const strictDoc = strict(doc);
strictDoc.components.schemas.ScanReport = { $ref: SCAN_ID };
ajv.addSchema({ ...read('scan.schema.json'), $id: SCAN_ID });
ajv.addSchema({ ...strictDoc, $id: ID });

const escape = (part) =>
	encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'));

function validator(pointer) {
	const ref = `${ID}#/${pointer.map(escape).join('/')}`;

	return ajv.getSchema(ref) || ajv.compile({ $ref: ref });
}

// --- the document and the routes ---

async function checkDocument() {
	// NODE_PATH leads require() there, not import().
	const { Validator } = await import(pathToFileURL(path.join(
		process.env.NODE_PATH,
		'@seriousme/openapi-schema-validator/index.js')));
	const { valid, errors } = await new Validator().validate(
		JSON.parse(JSON.stringify(doc)));
	const served = await fetch(`${url}/v1/openapi.json`);

	tell('it is OpenAPI 3.1', valid ? '' : JSON.stringify(errors));
	tell('the server has the same',
		JSON.stringify(await served.json()) === JSON.stringify(doc) ?
			'' : 'another document');
}

const shape = (name) => name.replace(/{[^}]*}/g, '{}');

function checkRoutes() {
	const routes = fs.readFileSync(routesFile, 'utf8').trim().split('\n')
		.map((line) => line.split(' '))
		.filter(([, where]) => /^\/(v1|problems)(\/|$)/.test(where))
		.map(([verb, where]) => `${verb} ${shape(where)}`);
	const named = [];

	for (const [where, item] of Object.entries(doc.paths))
		for (const verb of Object.keys(item))
			named.push(`${verb.toUpperCase()} ${shape(where)}`);
	tell('every route of /v1 is in it',
		routes.filter((r) => !named.includes(r)).join(', '));
	tell('it has no path that is no route',
		named.filter((r) => /^\S+ \/(v1|problems)/.test(r) &&
			!routes.includes(r)).join(', '));
}

// --- requests ---

const values = {}; // "{image}" in an example: what this server has

async function discover() {
	const list = await (await fetch(`${url}/v1/images`)).json();
	const [first] = list.images;

	values['{image}'] = first.id;
	values['{inventory}'] = first.inventory;
	values['{verdict}'] = first.verdict.digest;
}

function resolve(node) {
	if (node.$ref === undefined)
		return node;
	return node.$ref.slice(2).split('/').reduce((at, key) => at[key], doc);
}

const example = (p) => {
	const text = String(p.example);

	return encodeURIComponent(values[text] || text);
};

function target(where, parameters, query) {
	let filled = where;

	for (const p of parameters)
		if (p.in === 'path')
			filled = filled.replace(`{${p.name}}`, example(p));
	return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

async function body(response, type) {
	if (/json$/.test(type))
		return response.json();
	return response.text();
}

// What the answer has against the document; '' if nothing.
async function judge(where, verb, response) {
	const operation = doc.paths[where][verb];
	const said = operation.responses[String(response.status)];
	const pointer = ['paths', where, verb, 'responses',
		String(response.status)];
	const type = (response.headers.get('content-type') || '')
		.split(';')[0];

	if (said === undefined)
		return `status ${response.status}: ${await response.text()}`;
	const answer = resolve(said);
	for (const name of Object.keys(answer.headers || {}))
		if (!response.headers.has(name) && name !== 'Link' &&
		    name !== 'Retry-After')
			return `status ${response.status}: no header ${name}`;
	if (answer.content === undefined)
		return '';
	if (answer.content[type] === undefined)
		return `status ${response.status}: media type ${type}`;
	const at = said.$ref === undefined ? pointer :
		said.$ref.slice(2).split('/');
	const check = validator([...at, 'content', type, 'schema']);
	const content = await body(response, type);
	if (check(content))
		return '';
	return `status ${response.status}: ${ajv.errorsText(check.errors)} ` +
		JSON.stringify(check.errors[0]);
}

async function ask(name, where, verb, to, want, options) {
	const response = await fetch(`${url}${to}`,
		{ method: verb.toUpperCase(), ...options });
	const status = response.status;
	let why = await judge(where, verb, response);

	if (why === '' && !want.includes(status))
		why = `status ${status} of ${to}`;
	tell(`${verb.toUpperCase()} ${name}`, why);
	return response;
}

const authorized = { headers: { authorization: `Bearer ${token}` } };

// An image waited for, another not: from then on there is something to ask.
async function checkScan() {
	const post = (name, query, want, headers) =>
		ask(name, '/v1/scan', 'post', `/v1/scan?${query}`, [want], {
			body: fs.readFileSync(image),
			headers: { ...authorized.headers, ...headers },
		});
	await post('/v1/scan', 'name=example', 200, {});
	await post('/v1/scan as SARIF', 'name=example&format=sarif', 200, {});
	await post('/v1/scan of what it does not know', 'nothing=1', 400, {});
	const taken = await post('/v1/scan, not waited for',
		'name=example', 202, { prefer: 'respond-async' });

	values['{scan}'] = taken.headers.get('location').split('/').pop();
}

async function checkGet(where, operation) {
	const options = operation.security === undefined ? {} : authorized;
	const parameters = (operation.parameters || []).map(resolve);
	const needed = parameters.filter((p) => p.in === 'query' && p.required)
		.map((p) => `${p.name}=${example(p)}`);
	const plain = target(where, parameters, needed);
	const first = await ask(where, where, 'get', plain, [200], options);
	const tag = first.headers.get('etag');

	if (tag !== null)
		await ask(`${where}, known already`, where, 'get', plain, [304],
			{ headers: { 'if-none-match': tag } });
	for (const p of parameters)
		if (p.in === 'query' && !p.required && p.example !== undefined)
			await ask(`${where} with ${p.name}`, where, 'get',
				target(where, parameters, [...needed,
					`${p.name}=${example(p)}`]), [200],
				options);
	if (operation.responses['400'] !== undefined)
		await ask(`${where} with what it does not know`, where, 'get',
			target(where, parameters, [...needed, 'nothing=1']),
			[400], options);
	if (parameters.some((p) => p.in === 'path'))
		await checkMissing(where, parameters, options);
}

async function checkMissing(where, parameters, options) {
	const other = parameters.map((p) => p.in === 'path' ?
		{ ...p, example: 'nothing-of-that-name' } : p);
	const optional = doc.paths[where].get.responses['404'] === undefined;

	await ask(`${where}, of nothing`, where, 'get',
		target(where, other, []), optional ? [200, 400] : [404, 400],
		options);
}

async function checkPost(where) {
	await ask(`${where} without a token`, where, 'post', where, [401]);
	await ask(`${where} with a wrong one`, where, 'post', where, [401],
		{ headers: { authorization: 'Bearer nonsense' } });
	if (where !== '/v1/scan')
		await ask(where, where, 'post', where,
			where === '/v1/sync' ? [202, 503] : [200], authorized);
}

async function checkProblems() {
	const response = await fetch(`${url}/v1/cves/CVE-1999-0001?x=1`);
	const { type } = await response.json();
	const about = await fetch(`${url}${type}`);

	tell('a problem says where it is explained',
		about.status === 200 ? '' : `${type}: ${about.status}`);
}

async function main() {
	await checkDocument();
	checkRoutes();
	await checkScan();
	await discover();
	for (const [where, item] of Object.entries(doc.paths)) {
		if (item.get !== undefined)
			await checkGet(where, item.get);
		if (item.post !== undefined)
			await checkPost(where);
	}
	await checkProblems();
}

main().catch((e) => {
	tell('the check runs to its end', e.stack);
	process.exitCode = 1;
});
