// Starts oidc-provider on loopback with what the test says (JSON, first argument) and prints its
// address. Calls of phones are printed as JSON lines and answered by JSON lines on standard
// input; when that ends, so does the provider.
import { createServer as createPlain } from 'node:http';
import { createServer as createTls } from 'node:https';
import { createInterface } from 'node:readline';
import { Provider, errors } from 'oidc-provider';
import { createPublicKey, verify } from 'node:crypto';

const order = JSON.parse(process.argv[2]);
const issuer = `${order.tls ? 'https' : 'http'}://127.0.0.1:${order.port}`;
const CIBA = 'urn:openid:params:grant-type:ciba';

// Whom a login_hint_token of the terminal names.
function holder(token) {
  const [header, body, signature] = token.split('.');
  const key = createPublicKey({ key: order.client_key, format: 'jwk' });
  const signed = verify('sha256', Buffer.from(`${header}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  if (!signed) throw new errors.InvalidRequest('login_hint_token is not signed by the client');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  if (claims.exp < Date.now() / 1000) throw new errors.ExpiredLoginHintToken('too late');
  return claims.sub === order.nobody ? undefined : claims.sub;
}

const authentication = order.tls
  ? { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: order.tls.subject,
    tls_client_certificate_bound_access_tokens: true }
  : { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [order.client_key] }, dpop_bound_access_tokens: true };

const subjectOf = (certificate) => certificate.subject.split('\n').reverse().join(',');
const certificateOf = (ctx) => ctx.req.socket.getPeerX509Certificate?.();

const provider = new Provider(issuer, {
  clients: [{
    client_id: order.client,
    client_name: order.name,
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', CIBA],
    response_types: ['code'],
    redirect_uris: [`${issuer}/show`],
    id_token_signed_response_alg: 'ES256',
    backchannel_token_delivery_mode: 'poll',
    ...authentication,
  }],
  jwks: { keys: [order.own_key] },
  cookies: { keys: ['a key of a test'] },
  acrValues: order.acr_values,
  claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], auth_time: null },
  clientAuthMethods: ['private_key_jwt', ...(order.tls ? ['tls_client_auth'] : [])],
  features: {
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: () => undefined,
      processLoginHintToken: (_, token) => holder(token),
      validateRequestContext: () => undefined,
      validateBindingMessage: (_, message) => {
        if (!/^[\w.+/!?#-]{1,20}$/.test(message)) throw new errors.InvalidBindingMessage('no');
      },
      verifyUserCode: () => undefined,
      triggerAuthenticationDevice: (ctx, request) => console.log(JSON.stringify({
        call: request.jti, message: ctx.oidc.params.binding_message,
        acr: ctx.oidc.params.acr_values, seconds: request.expiration,
      })),
    },
    deviceFlow: { enabled: true },
    dPoP: {
      enabled: true,
      requireNonce: () => order.wants_nonce,
      nonceSecret: Buffer.alloc(32, 7),
    },
    mTLS: {
      enabled: Boolean(order.tls),
      certificateBoundAccessTokens: true,
      tlsClientAuth: true,
      getCertificate: (ctx) => certificateOf(ctx)?.toString(),
      certificateAuthorized: (ctx) => ctx.req.socket.authorized,
      certificateSubjectMatches: (ctx, _, expected) => subjectOf(certificateOf(ctx)) === expected,
    },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
  discovery: order.tls && { mtls_endpoint_aliases: aliases() },
  ttl: {
    DeviceCode: order.seconds, AccessToken: 300, IdToken: 300, Session: 300, Grant: 300,
    Interaction: 300, AuthorizationCode: order.seconds, PushedAuthorizationRequest: order.seconds,
    BackchannelAuthenticationRequest: order.seconds,
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

// Where a terminal shows its certificate; elsewhere it is not asked for one.
function aliases() {
  const at = `https://127.0.0.1:${order.tls.port}`;
  return {
    token_endpoint: `${at}/token`,
    userinfo_endpoint: `${at}/me`,
    device_authorization_endpoint: `${at}/device/auth`,
    pushed_authorization_request_endpoint: `${at}/request`,
    backchannel_authentication_endpoint: `${at}/backchannel`,
    revocation_endpoint: `${at}/token/revocation`,
  };
}

// The provider's own sign-in pages, and how surely they know who is there.
const finish = provider.interactionFinished.bind(provider);
provider.interactionFinished = (request, response, result, options) => finish(request, response,
  result.login ? { login: { ...result.login, acr: order.acr, amr: order.amr } } : result, options);

// {"answer": ID, "yes": BOOL}: what the phone that was called says.
async function answer({ answer: id, yes }) {
  const request = await provider.BackchannelAuthenticationRequest.find(id);
  if (!yes) {
    await provider.backchannelResult(request, new errors.AccessDenied('refused on the phone'));
  } else {
    const { accountId } = request;
    const grant = new provider.Grant({ accountId, clientId: request.clientId });
    grant.addOIDCScope('openid');
    await grant.save();
    const authTime = Math.floor(Date.now() / 1000);
    await provider.backchannelResult(request, grant, { acr: order.acr, amr: order.amr, authTime });
  }
  console.log(JSON.stringify({ answered: id }));
}

function listen(server, port) {
  return new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
}

if (order.tls) {
  const { key, cert, ca, port } = order.tls;
  await listen(createTls({ key, cert }, provider.callback()), order.port);
  const asking = { key, cert, ca, requestCert: true, rejectUnauthorized: false };
  await listen(createTls(asking, provider.callback()), port);
} else {
  await listen(createPlain(provider.callback()), order.port);
}
console.log(issuer);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => answer(JSON.parse(line)));
lines.on('close', () => process.exit(0));
