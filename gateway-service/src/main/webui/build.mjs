// Called by Maven: `node build.mjs build OUT` makes the page in OUT, `node build.mjs check` looks at it (types, format,
// component tests). Both do nothing when nothing has changed since they last succeeded.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const NOT_SOURCES = new Set(['node_modules', 'dist']);
const [task, stampFolder, out] = process.argv.slice(2);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `The web page needs Node 20.19 or newer to be built; this is ${process.version}. Install a newer one.`,
  );
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (NOT_SOURCES.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function digest(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths)
    hash.update(path.slice(HERE.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function stamped(name, value, whole) {
  const stamp = join(stampFolder, `webui-${name}.sha256`);
  if (whole() && existsSync(stamp) && readFileSync(stamp, 'utf8') === value) return { fresh: true };
  return {
    fresh: false,
    done() {
      mkdirSync(stampFolder, { recursive: true });
      writeFileSync(stamp, value);
    },
  };
}

function npm(...args) {
  // npm is a script: on Windows only a shell finds it
  const run = spawnSync('npm', args, { cwd: HERE, stdio: 'inherit', shell: process.platform === 'win32' });
  if (run.error)
    fail(`npm could not be started (${run.error.message}). It comes with Node: install Node 20.19 or newer.`);
  if (run.status !== 0) fail(`npm ${args.join(' ')} failed in ${HERE}`);
}

function install() {
  const lock = digest([join(HERE, 'package.json'), join(HERE, 'package-lock.json')]);
  const stamp = join(HERE, 'node_modules', '.voice2face-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  writeFileSync(stamp, lock);
}

const sources = digest([...files(HERE)]);
if (task === 'build') {
  const target = resolve(out);
  const step = stamped('build', sources, () => existsSync(join(target, 'index.html')));
  if (!step.fresh) {
    install();
    // only what a build of ours put there
    rmSync(join(target, 'assets'), { recursive: true, force: true });
    npm('run', '--silent', 'build', '--', '--outDir', target, '--emptyOutDir', 'false', '--logLevel', 'warn');
    step.done();
  }
} else if (task === 'check') {
  // one of the tests holds the page's words against the reasons that the services give
  const reasons = ['../java', '../../../../libs/contracts/src/main/java'].flatMap((folder) => [
    ...files(join(HERE, folder)),
  ]);
  const step = stamped('check', digest([...files(HERE), ...reasons]), () => true);
  if (!step.fresh) {
    install();
    for (const script of ['format:check', 'check', 'test']) npm('run', '--silent', script);
    step.done();
  }
} else {
  fail('usage: node build.mjs build STAMP_FOLDER OUT | node build.mjs check STAMP_FOLDER');
}
