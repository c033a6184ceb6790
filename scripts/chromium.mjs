import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { alone } from './install.mjs';

const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome.exe',
];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const WANTED =
  'The browser tests need Chromium or Chrome 123 or newer. Install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to its program.';

/**
 * Where the system's Chromium is: CHROMIUM_PATH, or what is installed. On Debian, as root, it is installed.
 * @returns {string}
 * @throws Error that says what to do
 */
export function chromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(`CHROMIUM_PATH is no program. ${WANTED}`);
  }
  const found = find();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) return install();
  throw new Error(WANTED);
}

function find() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...candidates, ...PLACES].find(isProgram) ?? null;
}

function install() {
  alone('chromium', () => {
    if (find() !== null) return;
    console.log('Installing Chromium for the browser tests (apt-get install chromium) ...');
    const settings = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], settings);
    try {
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], settings);
    } catch {
      throw new Error(`apt-get could not install Chromium: see above. ${WANTED}`);
    }
  });
  return find() ?? '/usr/bin/chromium';
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
