/*
 * prover.mjs PROOF: what the demo's page computes, as a program. PROOF is {"password"} or {"sim"}, as register() takes it.
 * Says "ready", for a challenge does not wait for Node to start; then reads `challenge` events, one on a line, and says
 * to each what goes into `authenticate`.
 */
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import { PasswordProof } from '../../html-demo/client/digest.js';
import { SimProof } from '../../html-demo/client/sim.js';

globalThis.crypto ??= webcrypto;	/* Node 18 */

const { password, sim } = JSON.parse(process.argv[2]);
const proof = sim ? new SimProof(sim) : new PasswordProof(password);

console.log('ready');
for await (const line of createInterface({ input: process.stdin }))
	console.log(JSON.stringify(proof.answer(JSON.parse(line))));
