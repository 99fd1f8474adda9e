/** The algorithms f1 to f5* of a USIM (3GPP TS 35.206), with AES from @noble/ciphers. Pure: bytes in, bytes out. */
import { ecb } from '@noble/ciphers/aes.js';

/** OPc of the operator's OP. */
export function opcOf(k, op) {
	return xor(encrypt(k, op), op);
}

/** What a USIM computes of a challenge: res 8 bytes, ck and ik 16, ak and akStar 6. */
export function f2345(k, opc, rand) {
	const temp = encrypt(k, xor(rand, opc));
	const out = (rotation, constant) => {
		const input = rotate(xor(temp, opc), rotation);

		input[15] ^= constant;
		return xor(encrypt(k, input), opc);
	};
	const second = out(0, 1);

	return { res: second.slice(8), ak: second.slice(0, 6), ck: out(4, 2), ik: out(8, 4), akStar: out(12, 8).slice(0, 6) };
}

/** MAC-A of f1 and MAC-S of f1*, 8 bytes each. */
export function f1(k, opc, rand, sqn, amf) {
	const temp = encrypt(k, xor(rand, opc));
	const input = Uint8Array.from([...sqn, ...amf, ...sqn, ...amf]);
	const out = xor(encrypt(k, xor(temp, rotate(xor(input, opc), 8))), opc);

	return { macA: out.slice(0, 8), macS: out.slice(8) };
}

export function xor(a, b) {
	return a.map((byte, i) => byte ^ b[i]);
}

/** To the left, by bytes. */
function rotate(bytes, by) {
	return Uint8Array.from(bytes, (_, i) => bytes[(i + by) % 16]);
}

function encrypt(k, block) {
	return ecb(k, { disablePadding: true }).encrypt(block);
}
