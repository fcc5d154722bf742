// Checks proof files with @sigstore/verify: the checkpoint's signature, and the entry's inclusion under it.
// node check.cjs FOLDER-OF-THE-PACKAGE ORIGIN KEY-ID-HEX PUBLIC-KEY-PEM PROOF…
const { readFileSync } = require('node:fs')
const { createPublicKey } = require('node:crypto')
const [packageFolder, origin, keyId, pem, ...proofs] = process.argv.slice(2)
const { verifyTLogInclusion } = require(`${packageFolder}/dist/tlog`)

const log = { logID: Buffer.from(keyId, 'hex'), baseURL: `https://${origin}`, publicKey: createPublicKey(pem) }
for (const file of proofs) {
  const [head, envelope] = readFileSync(file, 'utf8').split(/\n\n(.*)/s)
  const [, extra, index, ...hashes] = head.split('\n')
  const entry = {
    logId: { keyId: log.logID },
    canonicalizedBody: Buffer.from(extra.slice('extra '.length), 'base64'),
    inclusionProof: {
      logIndex: index.slice('index '.length),
      hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope },
    },
  }
  try {
    verifyTLogInclusion(entry, [log])
    console.log('holds')
  } catch (error) {
    console.log(`WRONG: ${error.message}`)
  }
}
