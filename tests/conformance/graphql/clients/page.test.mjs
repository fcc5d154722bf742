// The page for developers in a browser: a token, a query, a subscription that goes on, what is completed, and no other server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { ann, channel, say, url } from './world.mjs';

const executablePath = process.env.ONRECORD_BROWSER;
const home = new URL('/', url).href;
let browser, page;
const asked = [];
const complaints = [];

before(async () => {
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${home}#token=${ann}`);
});

after(() => browser?.close());

async function write(text) {
  await page.locator('.graphiql-query-editor .CodeMirror').click();
  await page.evaluate((given) => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(given), text);
  await page.waitForTimeout(500); // the editor reads what was written when the writer rests
}

const answer = () => page.evaluate(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue());

async function answered(pattern) {
  const end = Date.now() + 10_000;
  while (!pattern.test(await answer())) {
    assert.ok(Date.now() < end, `${pattern} isn't in ${await answer()}`);
    await page.waitForTimeout(50);
  }
}

test('a query is answered as the one whose token it is', async () => {
  await page.locator('.graphiql-execute-button').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await write('{ viewer { name } }');
  await page.keyboard.press('Control+Enter');
  await answered(/Ann 安/);
});

test('the schema is at hand: it is shown, and completes what is written', async () => {
  await page.getByLabel('Show Documentation Explorer').click();
  await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).waitFor();
  await write('');
  await page.keyboard.type('{ viewe', { delay: 50 });
  await page.locator('.CodeMirror-hints').getByText('viewer').first().waitFor();
  await page.keyboard.press('Escape');
});

test('a subscription goes on until it is stopped', async () => {
  const id = await channel();
  await write(`subscription { messages(channel: "${id}") { ... on MessageChange { message { text } } } }`);
  const following = page.waitForResponse((response) => response.headers()['content-type']?.startsWith('text/event-stream'));
  await page.keyboard.press('Control+Enter');
  await following;
  for (const text of ['first', 'second 第二']) {
    await say(id, text);
    await answered(new RegExp(text));
  }
  const ended = page.waitForEvent('requestfailed');
  await page.locator('.graphiql-execute-button').click();
  await ended;
});

test('another token speaks for somebody else; none is told so', async () => {
  await page.getByLabel('Token').fill('nothing');
  await page.getByLabel('Token').blur();
  await write('{ viewer { name } }');
  await page.keyboard.press('Control+Enter');
  await answered(/errors/);
});

test('nothing was asked of another server, and nothing was forbidden', () => {
  assert.deepEqual(asked.filter((each) => !each.startsWith(home) && !each.startsWith('data:')), []);
  assert.deepEqual(complaints.filter((each) => !/401/.test(each)), []);
});
