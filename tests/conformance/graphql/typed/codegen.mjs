// graphql-codegen's configuration: types for every document that is written with `graphql(…)`.
export default {
  schema: 'typed/schema.graphql',
  emitLegacyCommonJSImports: false,
  documents: ['typed/*.ts'],
  generates: {
    'typed/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        scalars: { DateTime: 'string', Decimal: 'string', Long: 'string', Position: 'string', UUID: 'string' },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};
