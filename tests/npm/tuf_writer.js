// SPDX-License-Identifier: Apache-2.0
// tuf_writer.js OUT: writes TUF repositories with @tufjs/models, right ones and
// wrong ones, each as a tree that a web server can serve:
//	OUT/<case>/root.json               what a client trusts at first
//	OUT/<case>/<step>/metadata/…       one moment of the repository
//	OUT/<case>/<step>/targets/…
// What a client must make of them stands in tests/e2e/tuf_writer.sh.
'use strict';

const { Repository, far, past } = require('./tuf_repository.js');

const out = process.argv[2];

// A repository with two targets at its top, and two roles below it.
function begin(name) {
	const repo = new Repository(out, name);

	repo.target('targets', 'top.txt', 'at the top\n');
	repo.delegate('feeds', ['feeds/*', 'feeds/*/*']);
	repo.delegate('index', ['index/*']);
	repo.target('feeds', 'feeds/one.xml', '<one/>\n');
	repo.target('feeds', 'feeds/deep/two.xml', '<two/>\n');
	repo.target('index', 'index/manifest.json', '{}');
	repo.publish('1');
	return repo;
}

const cases = {
	good(repo) {
		repo.target('feeds', 'feeds/one.xml', '<one changed="yes"/>\n');
		repo.bump('timestamp', 'snapshot', 'feeds');
		repo.publish('2');
		repo.bump('timestamp');
		repo.publish('3');
	},

	// Other tools put more into their files than we read.
	strange(repo) {
		const stranger = repo.makeKey();

		repo.extra('timestamp', { 'x-comment': [1, { a: 'é"\\' }, null] });
		repo.extra('feeds', { 'x-licence': 'CC0' });
		repo.alsoSign('timestamp', stranger);
		repo.addForeignKey('snapshot');
		repo.noHashes = true;
		repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
		repo.rotateRoot();
		repo.publish('2');
	},

	// Ten more roots, with a key replaced in each; one of them has expired.
	roots(repo) {
		for (let i = 0; i < 10; i++) {
			repo.replaceKey('root', i % 3);
			repo.expires.root = i === 4 ? past : far;
			repo.rotateRoot();
		}
		repo.publish('2');
		repo.expires.root = past;
		repo.rotateRoot();
		repo.publish('expired');
	},

	root_unknown_keys(repo) {
		for (let i = 0; i < 3; i++)
			repo.replaceKey('root', i);
		repo.rotateRoot({ signers: repo.signers('root') });
		repo.publish('bad');
	},
	root_one_old_key(repo) {
		repo.replaceKey('root', 0);
		repo.replaceKey('root', 1);
		repo.rotateRoot({ signers: repo.signers('root').slice(0, 3) });
		repo.publish('bad');
	},
	root_old_keys_only(repo) {
		const old = repo.signers('root');

		repo.replaceKey('root', 0);
		repo.replaceKey('root', 1);
		repo.rotateRoot({ signers: old });
		repo.publish('bad');
	},
	root_skips(repo) {
		repo.rotateRoot({ version: 3, file: 2 });
		repo.publish('bad');
	},
	root_repeats(repo) {
		repo.rotateRoot({ version: 1, file: 2 });
		repo.publish('bad');
	},
	root_key_twice(repo) {
		repo.rotateRoot({
			signers: [repo.signers('root')[0], repo.signers('root')[0]],
		});
		repo.publish('bad');
	},

	timestamp_back(repo) {
		repo.bump('timestamp', 'snapshot');
		repo.publish('2');
		repo.version.timestamp = 1;
		repo.publish('bad');
	},
	timestamp_other(repo) {
		repo.expires.timestamp = '2039-01-01T00:00:00Z';
		repo.publish('bad');
	},
	snapshot_back(repo) {
		repo.bump('timestamp', 'snapshot');
		repo.publish('2');
		repo.bump('timestamp');
		repo.version.snapshot = 1;
		repo.publish('bad');
	},
	snapshot_other(repo) {
		repo.bump('timestamp');
		repo.expires.snapshot = '2039-01-01T00:00:00Z';
		repo.publish('bad');
	},
	targets_back(repo) {
		repo.bump('timestamp', 'snapshot', 'targets');
		repo.publish('2');
		repo.bump('timestamp', 'snapshot');
		repo.version.targets = 1;
		repo.publish('bad');
	},
	role_back(repo) {
		repo.bump('timestamp', 'snapshot', 'feeds');
		repo.publish('2');
		repo.bump('timestamp', 'snapshot');
		repo.version.feeds = 1;
		repo.publish('bad');
	},
	role_gone(repo) {
		repo.bump('timestamp', 'snapshot');
		repo.unlisted.add('index');
		repo.publish('bad');
	},

	expired_timestamp: (repo) => expire(repo, 'timestamp'),
	expired_snapshot: (repo) => expire(repo, 'snapshot'),
	expired_targets: (repo) => expire(repo, 'targets'),
	expired_role: (repo) => expire(repo, 'feeds'),

	unsigned_timestamp: (repo) => forge(repo, 'timestamp'),
	unsigned_snapshot: (repo) => forge(repo, 'snapshot'),
	unsigned_targets: (repo) => forge(repo, 'targets'),
	unsigned_role: (repo) => forge(repo, 'feeds'),

	// Two of two are asked for, one has signed.
	short_threshold(repo) {
		askForTwo(repo);
		repo.publish('bad');
	},
	signed_twice(repo) {
		askForTwo(repo);
		repo.signTwice.add('snapshot');
		repo.publish('bad');
	},

	// The file of one moment under the name of another.
	mixed_snapshot: (repo) => mix(repo, 'snapshot'),
	mixed_targets: (repo) => mix(repo, 'targets'),
	mixed_role: (repo) => mix(repo, 'feeds'),
	mixed_versions(repo) {
		repo.noHashes = true;
		mix(repo, 'targets');
	},

	missing_timestamp: (repo) => lose(repo, 'timestamp.json'),
	missing_snapshot: (repo) => lose(repo, '2.snapshot.json'),
	missing_targets: (repo) => lose(repo, '2.targets.json'),
	missing_role: (repo) => lose(repo, '2.feeds.json'),

	not_json: (repo) => spoil(repo, 'timestamp.json', () => 'not JSON\n'),
	another_type: (repo) => spoil(repo, 'timestamp.json',
		(text) => text.replace('"timestamp"', '"snapshot"')),
	no_version: (repo) => spoil(repo, 'timestamp.json',
		(text) => text.replace('"version": 2', '"version": 0')),
	too_long: (repo) => spoil(repo, 'timestamp.json',
		(text) => text + ' '.repeat(20000)),
	endless_role: (repo) => spoil(repo, '2.feeds.json',
		(text) => text + ' '.repeat(6000000)),
	longer_snapshot: (repo) => spoil(repo, '2.snapshot.json',
		(text) => text + ' '),

	tampered(repo) {
		repo.overwrite('feeds/one.xml', '<ONE/>\n');
		repo.overwrite('feeds/deep/two.xml',
			'<two/>\n' + ' '.repeat(3000000));
		repo.overwrite('top.txt', 'at the');
		repo.overwrite('index/manifest.json', undefined);
		repo.publish('bad');
	},

	// Somebody had the online keys and ran the versions up: new keys in a
	// new root make them void.
	fast_forward(repo) {
		repo.version.timestamp = 2147483000;
		repo.version.snapshot = 2147483000;
		repo.bump('targets', 'feeds');
		repo.publish('2');
		repo.replaceKey('timestamp', 0);
		repo.replaceKey('snapshot', 0);
		repo.rotateRoot();
		repo.version.timestamp = 2;
		repo.version.snapshot = 2;
		repo.version.targets = 1;
		repo.version.feeds = 1;
		repo.publish('3');
	},

	// What was signed by a key that the delegator has dropped since.
	key_dropped(repo) {
		const old = repo.signers('feeds');

		repo.replaceKey('feeds', 0);
		repo.signWith.feeds = old;
		repo.bump('timestamp', 'snapshot', 'targets');
		repo.publish('bad');
		delete repo.signWith.feeds;
		repo.bump('timestamp', 'snapshot', 'feeds');
		repo.publish('3');
	},

	delegations(repo) {
		repo.delegate('first', ['shared/*'], { terminating: false });
		repo.delegate('second', ['shared/*'], { terminating: true });
		repo.delegate('third', ['shared/*'], { terminating: true });
		repo.target('second', 'shared/a', 'of the second\n');
		repo.target('third', 'shared/a', 'of the third\n');
		repo.target('third', 'shared/b', 'never reached\n');
		repo.target('second', 'shared/deep/c', 'not delegated\n');
		repo.target('first', 'feeds/one.xml', 'not its business\n');
		repo.bump('timestamp', 'snapshot', 'targets');
		repo.publish('2');
	},
};

function askForTwo(repo) {
	repo.addKey('snapshot');
	repo.threshold('snapshot', 2);
	repo.bump('timestamp', 'snapshot');
	repo.rotateRoot();
	repo.publish('2');
	repo.bump('timestamp', 'snapshot');
	repo.signWith.snapshot = repo.signers('snapshot').slice(0, 1);
}

function expire(repo, role) {
	repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
	repo.expires[role] = past;
	repo.publish('bad');
}

function forge(repo, role) {
	repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
	repo.signWith[role] = [repo.makeKey()];
	repo.publish('bad');
}

function mix(repo, role) {
	repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
	repo.publish('bad');
	repo.copy('bad', `1.${role}.json`, `2.${role}.json`);
}

function lose(repo, file) {
	repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
	repo.publish('bad');
	repo.edit('bad', file, () => undefined);
}

function spoil(repo, file, change) {
	repo.bump('timestamp', 'snapshot', 'targets', 'feeds');
	repo.publish('bad');
	repo.edit('bad', file, change);
}

for (const [name, fn] of Object.entries(cases))
	fn(begin(name));
