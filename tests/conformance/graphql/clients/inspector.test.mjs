// graphql-inspector: the schema that is served is the one in the reference, and documents fit it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CriticalityLevel, diff, validate } from '@graphql-inspector/core';
import { Source, buildClientSchema, buildSchema, printSchema } from 'graphql';

import * as documents from './documents.mjs';
import { FOLLOW, PAGE } from './onrecord.mjs';
import { introspection } from './schema.mjs';

const text = readFileSync(process.env.ONRECORD_SCHEMA, 'utf8');
const served = buildSchema(printSchema(buildClientSchema(introspection)));

test('the schema of the reference is served', async () => {
  assert.deepEqual((await diff(buildSchema(text), served)).map(({ message }) => message), []);
});

test('what breaks clients is noticed', async () => {
  const before = buildSchema(text.replace('type MessageChange {', 'type MessageChange {\n  gone: Int\n'));
  const changes = await diff(before, served);
  assert.deepEqual(
    changes.map(({ criticality, path }) => [criticality.level, path]),
    [[CriticalityLevel.Breaking, 'MessageChange.gone']],
  );
});

test('documents fit the schema, and use nothing deprecated', () => {
  const sources = [documents.PAGE, documents.EDIT, documents.FOLLOW, PAGE, FOLLOW].map((body) => new Source(body));
  const options = { strictDeprecated: true, strictFragments: true };
  for (const source of sources) assert.deepEqual(validate(served, [source], options), []);
  assert.equal(validate(served, [new Source('{ viewer { nothing } }')], options).length, 1);
});
