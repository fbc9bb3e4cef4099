// Starts oidc-provider on loopback with what the test says (JSON, first argument), prints its
// address, and ends when its standard input ends.
import { Provider } from 'oidc-provider';

const order = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${order.port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: order.client,
    client_name: order.name,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [order.client_key] },
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: true,
  }],
  jwks: { keys: [order.own_key] },
  cookies: { keys: ['a key of a test'] },
  claims: { openid: ['sub'], acr: null, amr: null, auth_time: null },
  features: {
    deviceFlow: { enabled: true },
    dPoP: {
      enabled: true,
      requireNonce: () => order.wants_nonce,
      nonceSecret: Buffer.alloc(32, 7),
    },
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
  ttl: { DeviceCode: order.seconds, AccessToken: 300, IdToken: 300, Session: 300, Grant: 300, Interaction: 300 },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
provider.listen(order.port, '127.0.0.1', () => console.log(issuer));
process.stdin.resume().on('end', () => process.exit(0));
