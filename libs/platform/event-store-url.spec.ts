import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';
import { eventStoreUrlProblem } from './event-store-url.js';

describe('EVENT_STORE_URL', () => {
  it.each([
    'kurrentdb://localhost',
    'kurrentdb://localhost:2113?tls=false',
    'esdb://admin:changeit@10.0.0.1:2113/?tls=true&tlsVerifyCert=false',
    'kurrentdb+discover://ops:p%3Aw%40rd@cluster.example.org:2113?nodePreference=leader&tlsCAFile=%2Fcerts%2Fca.crt',
    'kurrentdb://a:1111,b:2222,c:3333?gossipTimeout=3',
    'kurrentdb://localhost:2113?tlsCaFile=/certs/ca.crt&tls_verify_cert=true',
    'esdb+discover://[::1]:2113',
  ])('may be %s', (url) => {
    expect(eventStoreUrlProblem(url)).toBeNull();
    expect(readConfig({ EVENT_STORE_URL: url }).EVENT_STORE_URL).toBe(url);
  });

  it.each([
    ['postgres://u:secret@h/db', /such as kurrentdb:/],
    ['kurrentdb+cluster://u:secret@h', /such as kurrentdb:/],
    ['kurrentdb://', /must name its hosts/],
    ['kurrentdb://u:secret@', /must name its hosts/],
    ['kurrentdb://u:secret@h:port', /must name its hosts/],
    ['kurrentdb://u:secret@h;h', /must name its hosts/],
    ['kurrentdb://u:sec:ret@h', /written as %3A/],
    ['kurrentdb://u:sec@ret@h', /written as %3A/],
    ['kurrentdb://secret@h', /user:password/],
    ['kurrentdb://u:secret@h?tls=yes', /must have tls true or false/],
    ['kurrentdb://u:secret@h?TLS=yes', /must have TLS true or false/],
    ['kurrentdb://u:secret@h?node_preference=follower', /node_preference leader/],
    ['kurrentdb://u:secret@h?tls', /name=value/],
    ['kurrentdb://u:secret@h?secret=1', /not known\. Known are tls/],
    ['kurrentdb://u:secret@h?tls=true?a=b', /one "\?"/],
  ])('is not %s, and says why without showing it', (url, message) => {
    const read = () => readConfig({ EVENT_STORE_URL: url });
    expect(read).toThrow(message);
    expect(read).toThrow(/^These settings are wrong:\n {2}EVENT_STORE_URL /);
    expect(read).not.toThrow(/secret|ret@/);
  });
});
