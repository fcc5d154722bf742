// Audits a server by the GraphQL over HTTP specification; prints what came of each audit.
import { auditServer } from 'graphql-http';

const results = await auditServer({
  url: process.env.ONRECORD_URL,
  fetchFn: (url, options) =>
    fetch(url, { ...options, headers: { ...options?.headers, authorization: `Bearer ${process.env.ONRECORD_ANN}` } }),
});
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
