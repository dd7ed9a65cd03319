/** A self-signed certificate for servers on the loopback address (X.509, DER; RFC 5280). */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));
const COMMON_NAME = sequence(objectId('550403'), der(0x0c, Buffer.from('foretune')));
const NAME = sequence(der(0x31, COMMON_NAME));
/** It has no end (RFC 5280, 4.1.2.5): who can read the key can read the data too. */
const VALIDITY = sequence(
  der(0x17, Buffer.from('700101000000Z')),
  der(0x18, Buffer.from('99991231235959Z')),
);
/** The subject's alternative name. */
const LOOPBACK = sequence(der(0x87, Buffer.from([127, 0, 0, 1])));
const EXTENSIONS = der(0xa3, sequence(sequence(objectId('551d11'), der(0x04, LOOPBACK))));

/** A new certificate and its private key, in one PEM text. */
export function selfSigned(): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1]), randomBytes(15)), // serial number
    ...[ECDSA_WITH_SHA256, NAME, VALIDITY, NAME],
    publicKey.export({ type: 'spki', format: 'der' }),
    EXTENSIONS,
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const certificate = sequence(body, ECDSA_WITH_SHA256, signature).toString('base64');
  const lines = certificate.replace(/.{64}(?=.)/g, '$&\n');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n${key}`;
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** Tag, length and content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}
