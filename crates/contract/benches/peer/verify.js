/**
 * Pact's own verifier (`@pact-foundation/pact-core`, which is what `@pact-foundation/pact` verifies
 * with): prints its results as JSON, whatever came of them.
 *
 *     PACT_DO_NOT_TRACK=true node verify.js pact.json storefront http://127.0.0.1:3000
 */
import { Verifier } from '@pact-foundation/pact-core';

const [file, provider, providerBaseUrl] = process.argv.slice(2);
const verifier = new Verifier({ provider, providerBaseUrl, pactUrls: [file], logLevel: 'error' });
console.log(await verifier.verify().catch((error) => error.message));
