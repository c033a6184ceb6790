import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { BoardScreen } from './board/board-screen.js';
import { FailureBoundary } from './shell/failure-boundary.js';
import { NotFoundScreen } from './shell/not-found-screen.js';
import { Waiting } from './shell/waiting.js';

const ThreadScreen = lazy(async () => ({ default: (await import('./thread/thread-screen.js')).ThreadScreen }));

const NewThreadScreen = lazy(async () => ({
  default: (await import('./enter/new-thread-screen.js')).NewThreadScreen,
}));

const SourcesScreen = lazy(async () => ({ default: (await import('./sources/sources-screen.js')).SourcesScreen }));
const SourceScreen = lazy(async () => ({ default: (await import('./sources/source-screen.js')).SourceScreen }));
const ReportsScreen = lazy(async () => ({ default: (await import('./reports/reports-screen.js')).ReportsScreen }));
const OperationsScreen = lazy(async () => ({
  default: (await import('./operations/operations-screen.js')).OperationsScreen,
}));
const ImportScreen = lazy(async () => ({ default: (await import('./operations/import-screen.js')).ImportScreen }));

/** The board comes with the page; every other screen is fetched when it is first visited. */
export function Screens() {
  const [path] = useLocation();
  return (
    <FailureBoundary key={path.split('/')[1] ?? ''}>
      <Suspense fallback={<Waiting what="the page" />}>
        <Switch>
          <Route path="/" component={BoardScreen} />
          <Route path="/sign-in" component={BoardScreen} />
          <Route path="/new" component={NewThreadScreen} />
          <Route path="/threads/:thread">{({ thread }) => <ThreadScreen key={thread} thread={thread} />}</Route>
          <Route path="/sources" component={SourcesScreen} />
          <Route path="/sources/:source">{({ source }) => <SourceScreen key={source} source={source} />}</Route>
          <Route path="/reports" component={ReportsScreen} />
          <Route path="/operations/imports/:batch">{({ batch }) => <ImportScreen batch={batch} />}</Route>
          <Route path="/operations/:part?">{({ part }) => <OperationsScreen part={part} />}</Route>
          <Route component={NotFoundScreen} />
        </Switch>
      </Suspense>
    </FailureBoundary>
  );
}
