// SPDX-License-Identifier: Apache-2.0
// tuf_repository.js: a TUF repository in memory, made of @tufjs/models and
// signed by node's own ed25519, of which moments are written out.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const models = require('@tufjs/models');
const { canonicalize } = require('@tufjs/canonical-json');

const far = '2040-01-01T00:00:00Z';
const past = '2021-01-01T00:00:00Z';
const topRoles = ['root', 'targets', 'snapshot', 'timestamp'];

const sha256 = (bytes) =>
	crypto.createHash('sha256').update(bytes).digest('hex');

// A raw public key is the end of its DER form.
function makeKey() {
	const pair = crypto.generateKeyPairSync('ed25519');
	const der = pair.publicKey.export({ type: 'spki', format: 'der' });
	const json = {
		keytype: 'ed25519',
		keyval: { public: der.subarray(-32).toString('hex') },
		scheme: 'ed25519',
	};
	const keyID = sha256(canonicalize(json));

	return {
		key: models.Key.fromJSON(keyID, json),
		sign: (bytes) => new models.Signature({
			keyID,
			sig: crypto.sign(null, bytes, pair.privateKey)
				.toString('hex'),
		}),
	};
}

class Repository {
	constructor(out, name) {
		this.dir = path.join(out, name);
		this.keys = {}; // by role: who signs
		this.thresholds = {};
		this.version = {};
		this.expires = {};
		this.signWith = {}; // by role: who signs instead
		this.signTwice = new Set();
		this.unlisted = new Set(); // roles that a snapshot passes over
		this.extras = {}; // by role: members that no standard knows
		this.roles = { targets: {} }; // by role: targets by path
		this.delegations = [];
		this.foreign = {};
		this.files = {}; // by path: what is served as that target
		this.roots = [];
		this.noHashes = false;
		for (const role of topRoles) {
			this.addKey(role);
			this.version[role] = role === 'root' ? 0 : 1;
		}
		this.addKey('root');
		this.addKey('root');
		this.threshold('root', 2);
		this.rotateRoot();
		fs.mkdirSync(this.dir, { recursive: true });
		fs.writeFileSync(path.join(this.dir, 'root.json'),
			this.roots[0].bytes);
	}

	// --- what a case changes ---

	makeKey() {
		return makeKey();
	}

	signers(role) {
		return [...this.keys[role]];
	}

	addKey(role) {
		this.keys[role] = [...(this.keys[role] ?? []), makeKey()];
		this.thresholds[role] ??= 1;
	}

	replaceKey(role, i) {
		this.keys[role] = this.keys[role].map(
			(key, at) => at === i ? makeKey() : key);
	}

	threshold(role, n) {
		this.thresholds[role] = n;
	}

	// A key of a kind that we do not read stands beside a role's own.
	addForeignKey(role) {
		const pair = crypto.generateKeyPairSync('rsa',
			{ modulusLength: 2048 });
		const json = {
			keytype: 'rsa',
			keyval: {
				public: pair.publicKey.export(
					{ type: 'spki', format: 'pem' }),
			},
			scheme: 'rsassa-pss-sha256',
		};

		this.foreign[role] = models.Key.fromJSON(
			sha256(canonicalize(json)), json);
	}

	alsoSign(role, key) {
		this.signWith[role] = [...this.keys[role], key];
	}

	extra(role, members) {
		this.extras[role] = members;
	}

	bump(...roles) {
		for (const role of roles)
			this.version[role]++;
	}

	delegate(role, paths, { terminating = true } = {}) {
		this.addKey(role);
		this.roles[role] = {};
		this.version[role] = 1;
		this.delegations.push({ role, paths, terminating });
	}

	target(role, name, text) {
		const bytes = Buffer.from(text);

		this.roles[role][name] = new models.TargetFile({
			path: name,
			length: bytes.length,
			hashes: { sha256: sha256(bytes) },
		});
		this.files[`${role} ${name}`] = { bytes, name,
			hash: sha256(bytes) };
	}

	// What is served from now on under the names of a target.
	overwrite(name, text) {
		for (const file of Object.values(this.files))
			if (file.name === name)
				file.bytes = text;
	}

	// The next root, signed by the keys of the last and of this one.
	rotateRoot({ signers, version, file } = {}) {
		const signed = new models.Root({
			version: version ?? this.version.root + 1,
			specVersion: '1.0.31',
			expires: this.expires.root ?? far,
			consistentSnapshot: true,
		});

		for (const role of topRoles) {
			for (const { key } of this.keys[role])
				signed.addKey(key, role);
			if (this.foreign[role] !== undefined)
				signed.addKey(this.foreign[role], role);
			signed.roles[role].threshold = this.thresholds[role];
		}
		this.version.root++;
		this.roots.push({
			name: `${file ?? this.version.root}.root.json`,
			bytes: this.signed(signed, signers ?? [...new Set([
				...(this.rootSigners ?? []), ...this.keys.root,
			])]),
		});
		this.rootSigners = this.keys.root;
	}

	// --- writing ---

	// Signed in its canonical form, and written with white space.
	signed(signed, signers, twice = false) {
		const file = new models.Metadata(signed);

		for (const { sign } of signers)
			file.sign(sign);
		const json = file.toJSON();

		if (twice)
			json.signatures.push(...json.signatures);
		return Buffer.from(JSON.stringify(json, null, 1));
	}

	write(step, name, bytes) {
		const to = path.join(this.dir, step, name);

		fs.mkdirSync(path.dirname(to), { recursive: true });
		fs.writeFileSync(to, bytes);
	}

	metadata(step, role, signed) {
		Object.assign(signed.unrecognizedFields, this.extras[role]);
		const version = this.version[role];
		const bytes = this.signed(signed,
			this.signWith[role] ?? this.keys[role],
			this.signTwice.has(role));
		const name = role === 'timestamp' ? 'timestamp.json'
			: `${version}.${role}.json`;

		this.write(step, `metadata/${name}`, bytes);
		return new models.MetaFile(this.noHashes ? { version } : {
			version,
			length: bytes.length,
			hashes: { sha256: sha256(bytes) },
		});
	}

	common(role) {
		return {
			version: this.version[role],
			specVersion: '1.0.31',
			expires: this.expires[role] ?? far,
		};
	}

	delegationsJSON() {
		const keys = {};
		const roles = [];

		for (const { role: name, paths, terminating } of this.delegations) {
			const keyids = [];

			for (const { key } of this.keys[name]) {
				keys[key.keyID] = key.toJSON();
				keyids.push(key.keyID);
			}
			roles.push({ name, keyids, paths, terminating,
				threshold: this.thresholds[name] });
		}
		return { keys, roles };
	}

	targetsOf(role) {
		const json = new models.Targets({
			...this.common(role),
			targets: this.roles[role],
		}).toJSON();

		if (role === 'targets')
			json.delegations = this.delegationsJSON();
		return models.Targets.fromJSON(json);
	}

	// One moment: every root, and what the other roles say now.
	publish(step) {
		const meta = {};

		for (const { name, bytes } of this.roots)
			this.write(step, `metadata/${name}`, bytes);
		for (const role of Object.keys(this.roles)) {
			const file = this.metadata(step, role, this.targetsOf(role));

			if (!this.unlisted.has(role))
				meta[`${role}.json`] = file;
		}
		const snapshotMeta = this.metadata(step, 'snapshot',
			new models.Snapshot({ ...this.common('snapshot'), meta }));

		this.metadata(step, 'timestamp', new models.Timestamp({
			...this.common('timestamp'), snapshotMeta,
		}));
		for (const { name, hash, bytes } of Object.values(this.files))
			if (bytes !== undefined)
				this.write(step, 'targets/' + path.join(
					path.dirname(name),
					`${hash}.${path.basename(name)}`), bytes);
	}

	// Afterwards, as somebody between a server and a client would.
	edit(step, name, change) {
		const file = path.join(this.dir, step, 'metadata', name);
		const text = change(fs.readFileSync(file, 'utf8'));

		fs.unlinkSync(file);
		if (text !== undefined)
			fs.writeFileSync(file, text);
	}

	// The file of the first moment in place of one of this.
	copy(step, from, to) {
		fs.copyFileSync(path.join(this.dir, '1', 'metadata', from),
			path.join(this.dir, step, 'metadata', to));
	}
}

module.exports = { Repository, far, past };
