// Lints a schema by graphql-eslint's recommended rules and those of Relay; prints each complaint.
import { readFileSync } from 'node:fs';
import plugin from '@graphql-eslint/eslint-plugin';
import { ESLint } from 'eslint';

const schema = process.argv[2];
const sdl = readFileSync(schema, 'utf8');
const { 'flat/schema-recommended': recommended, 'flat/schema-relay': relay } = plugin.configs;
const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [{
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': plugin },
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: sdl } } },
    rules: { ...recommended.rules, ...relay.rules },
  }],
});
const [{ messages }] = await eslint.lintText(sdl, { filePath: 'schema.graphql' });
console.log(JSON.stringify(messages.map(({ ruleId, message, line }) => ({ rule: ruleId, message, line }))));
