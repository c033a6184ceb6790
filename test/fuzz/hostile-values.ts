/** Stands in every text that the fuzz says: wherever else it is found, it has no business. */
export const MARKER = 'quoted-in-confidence';

export const HOSTILE_TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    '\u0000',
    'kim\u0000',
    'a\ud800b',
    '\udc00',
    '\u200b',
    '\u202eevil',
    '🙂'.repeat(300),
    'é',
    'ﷺ'.repeat(20),
  ],
  ...[
    "' OR '1'='1",
    "'; DROP TABLE ledger.events; --",
    '1); SELECT pg_sleep(5); --',
    '$1',
    '%s%n',
    '\\',
    '\\x00',
    '#{7*7}',
  ],
  ...['=1+1', '+1', '-1', '@SUM(A1)', '\t=cmd', '\r=cmd', '=HYPERLINK("http://x","y")', '"quoted"', 'a,b\nc', ';'],
  ...['../../etc/passwd', '..\\..\\x', '/etc/passwd', 'C:\\x', '%2e%2e%2f', 'a/../b', '.', '..', 'NUL', 'a\u0000.csv'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'null', 'undefined', 'NaN', '[object Object]', 'true', '0'],
  ...[
    '<script>alert(1)</script>',
    'javascript:alert(1)',
    '{{7*7}}',
    '<%= 1 %>',
    'x'.repeat(5_001),
    'x'.repeat(100_000),
  ],
  ...[
    '99999999999999999999',
    '1e400',
    '-9223372036854775809',
    '0x10',
    '2023-02-30T00:00:00Z',
    '+275761-01-01T00:00:00Z',
  ],
  ...['"unbalanced', 'a & | ! ( ) : *', '-', '- -', '"" ""', "'", 'or', 'a or or b'],
];

/** As JSON spells them: some are no values that JavaScript can hold. */
export const HOSTILE_JSON: readonly string[] = [
  ...[
    '1e400',
    '-1e400',
    '1E-400',
    '-0',
    '123456789012345678901234567890',
    '9007199254740993',
    '0.1e1',
    'null',
    'true',
    '[]',
    '{}',
  ],
  ...[
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"toString":1}',
    '{"length":-1}',
    '[[[[]]]]',
  ],
  ...['"\\u0000"', '"\\ud800"', '{"":""}', '{"a":1,"a":2}', '[null,null]', `${'['.repeat(40)}${']'.repeat(40)}`],
];

/** Whole bodies. */
export const HOSTILE_BODIES: readonly Buffer[] = [
  ...[
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a":',
    '{}{}',
    'null',
    '[]',
    '7',
    'NaN',
    "{'a':1}",
    '{"a":1,}',
    '/* */{}',
    '\ufeff{}',
    '\u0000',
  ],
  ...['['.repeat(100_000), `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, `[${'1,'.repeat(200_000)}1]`],
  ...[JSON.stringify({ headline: 'x'.repeat(2_000_000) }), JSON.stringify(manyFields(20_000))],
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
    Buffer.from('7b2261223a22ff22 7d'.replace(' ', ''), 'hex'),
  ]);

export const HOSTILE_CONTENT_TYPES: readonly string[] = [
  ...[
    'text/plain',
    'application/xml',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ],
  ...[
    'application/json; charset=utf-16',
    'application/json;charset=utf-7',
    'application/json,text/html',
    'application/jsonx',
  ],
  ...[
    '',
    ';',
    '/',
    'application/',
    'x'.repeat(5_000),
    'application/json; a="',
    'APPLICATION/JSON',
    'application/problem+json',
  ],
];

export const HOSTILE_HEADERS: readonly (readonly [string, string])[] = [
  ...['"', '*', '"1", "2"', 'W/"1"', '"99999999999999999999"', '"-1"', '', '""', 'x'.repeat(4_000)].flatMap(
    (value) =>
      [
        ['if-match', value],
        ['if-none-match', value],
      ] as const,
  ),
  ...['', ' ', 'x'.repeat(256), 'ключ'.length.toString(), '\u00e9', 'a b', '0'].map(
    (value) => ['idempotency-key', value] as const,
  ),
  ...['receipt', 'receipt, wait=0', 'wait=99999999999', 'receipt;wait', ',,,'].map(
    (value) => ['prefer', value] as const,
  ),
  ...['-1', '1e9', '0', 'x', '0'.repeat(39), '9'.repeat(40)].map((value) => ['x-after-position', value] as const),
  ...['', 'Basic eDp5', 'Bearer', 'Bearer x', 'Bearer sl_', `Bearer ${'x'.repeat(300)}`, 'bearer  '].map(
    (value) => ['authorization', value] as const,
  ),
  ...['a=b', 'storyledger_session=x', ';;;', 'x'.repeat(4_000), '__Host-session=%ff'].map(
    (value) => ['cookie', value] as const,
  ),
  ['x-request-id', "'; DROP TABLE x"],
  ['x-forwarded-for', '1.2.3.4, ::1, nonsense'],
  ['x-forwarded-host', 'evil.example'],
  ['accept', 'text/html;q=NaN, */*;q=-1'],
  ['accept-encoding', 'gzip;q=1e999, *'],
  ['content-encoding', 'gzip'],
  ['range', 'bytes=0-18446744073709551615'],
  ['last-event-id', '-1'],
  ['origin', 'null'],
];

function manyFields(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`field-${n}`, n]));
}
