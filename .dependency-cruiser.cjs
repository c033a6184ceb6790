const libs = (name) => `^libs/${name}/`;
const outside = (...allowed) => ({ path: '^(libs|apps)/', pathNot: allowed });
const spec = '\\.spec\\.ts$|/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'domain-is-pure',
      comment: 'Not even node: — the rules run anywhere.',
      severity: 'error',
      from: { path: libs('domain'), pathNot: spec },
      to: { pathNot: libs('domain') },
    },
    {
      name: 'fields',
      severity: 'error',
      from: { path: libs('fields'), pathNot: spec },
      to: { pathNot: [libs('fields'), '^libs/domain/index'] },
    },
    {
      name: 'imports',
      severity: 'error',
      from: { path: libs('imports'), pathNot: spec },
      to: outside(libs('imports'), '^libs/(domain|fields|application|event-store)/index'),
    },
    {
      name: 'event-store',
      severity: 'error',
      from: { path: libs('event-store'), pathNot: spec },
      to: outside(libs('event-store'), '^libs/domain/index'),
    },
    {
      name: 'one-store-a-folder',
      comment: 'What knows KurrentDB is its adapter and what stands in for its server in tests.',
      severity: 'error',
      from: {
        path: '^(apps|libs|test)/',
        pathNot: ['^libs/event-store/kurrentdb/', '^libs/event-store/testing/fake-kurrentdb'],
      },
      to: { path: 'node_modules/(@kurrent|@grpc|google-protobuf)/' },
    },
    {
      name: 'application',
      severity: 'error',
      from: { path: libs('application'), pathNot: spec },
      to: outside(libs('application'), '^libs/(domain|echoes|event-store)/index'),
    },
    {
      name: 'read-models',
      severity: 'error',
      from: { path: libs('read-models'), pathNot: spec },
      to: outside(libs('read-models'), '^libs/domain/index', '^libs/event-store/index'),
    },
    {
      name: 'echoes',
      severity: 'error',
      from: { path: libs('echoes'), pathNot: spec },
      to: outside(libs('echoes'), '^libs/domain/index'),
    },
    {
      name: 'replay',
      comment: 'What the read models hold of a thread now, it makes of any moment: by the same fold and the same rows.',
      severity: 'error',
      from: { path: libs('replay'), pathNot: spec },
      to: outside(libs('replay'), '^libs/(domain|echoes|event-store|read-models)/index'),
    },
    {
      name: 'operations',
      severity: 'error',
      from: { path: libs('operations'), pathNot: spec },
      to: outside(libs('operations'), '^libs/domain/index', '^libs/application/index'),
    },
    {
      name: 'proof',
      severity: 'error',
      from: { path: libs('proof'), pathNot: spec },
      to: outside(libs('proof'), '^libs/(domain|event-store|replay)/index'),
    },
    {
      name: 'platform',
      severity: 'error',
      from: { path: libs('platform'), pathNot: spec },
      to: outside(libs('platform')),
    },
    {
      name: 'telemetry',
      severity: 'error',
      from: { path: libs('telemetry'), pathNot: spec },
      to: outside(libs('telemetry'), '^libs/(event-store|proof|read-models)/index'),
    },
    {
      name: 'telemetry-apart',
      comment: 'What counts and traces is told of what happens; nothing else knows how it is shown.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/telemetry/' },
      to: { path: 'node_modules/(prom-client|@opentelemetry)/' },
    },
    {
      name: 'apps-apart',
      comment: 'The command line starts the other two: `storyledger up` is all in one process.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/(api/bootstrap|projector/start-projector)'] },
    },
    {
      name: 'console',
      comment: 'It knows the API only by the client that its OpenAPI document makes.',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: outside('^apps/console/src/'),
    },
    {
      name: 'one-client',
      comment: 'Screens call the API through apps/console/src/api, which is typed by the document.',
      severity: 'error',
      from: { path: '^apps/console/src/', pathNot: '^apps/console/src/api/' },
      to: { path: 'openapi-fetch|^apps/console/src/api/schema' },
    },
    { name: 'libs-need-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'validation-at-the-edge',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/api/|^libs/platform/config' },
      to: { path: 'node_modules/(class-validator|@nestjs/swagger)/' },
    },
    {
      name: 'one-door-a-lib',
      comment: 'Across libs only the index is imported.',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/(index|(postgres|kurrentdb|testing)/index)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['storyledger-source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
