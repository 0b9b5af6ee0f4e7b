// SPDX-License-Identifier: Apache-2.0
// tuf_client.js: tuf-js behind the words of `scapcache tuf`:
//	node tuf_client.js --metadata-dir D init TRUSTED_ROOT
//	node tuf_client.js --metadata-dir D --metadata-url U refresh
//	node tuf_client.js --metadata-dir D --metadata-url U --target-name T
//		--target-base-url B --target-dir X download
// Several targets are downloaded by one client.
// Ends 0 or 1, and then says why.
'use strict';

const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');
const { Updater } = require('tuf-js');

const text = { type: 'string' };
const { values: options, positionals } = parseArgs({
	options: {
		'metadata-dir': text,
		'metadata-url': text,
		'target-name': { type: 'string', multiple: true },
		'target-base-url': text,
		'target-dir': text,
	},
	allowPositionals: true,
});

function updater() {
	return new Updater({
		metadataDir: options['metadata-dir'],
		metadataBaseUrl: options['metadata-url'],
		targetDir: options['target-dir'],
		targetBaseUrl: options['target-base-url'],
		config: { fetchRetries: 0, fetchTimeout: 10000 },
	});
}

async function download() {
	const client = updater();

	for (const name of options['target-name']) {
		const info = await client.getTargetInfo(name);

		if (info === undefined)
			throw new Error(`no role has ${name}`);
		if ((await client.findCachedTarget(info)) === undefined)
			await client.downloadTarget(info);
	}
}

const commands = {
	init() {
		fs.mkdirSync(options['metadata-dir'], { recursive: true });
		fs.copyFileSync(positionals[1],
			path.join(options['metadata-dir'], 'root.json'));
	},
	refresh: () => updater().refresh(),
	download,
};

Promise.resolve()
	.then(() => commands[positionals[0]]())
	.catch((e) => {
		console.error(`${e.constructor.name}: ${e.message}`);
		process.exitCode = 1;
	});
